import type { Locale } from '../../conversation/texts.ts'
import type { Problem } from '../contract.ts'
import { en } from './problem-texts-en.ts'
import { zhCN } from './problem-texts-zh.ts'

/** Every problem the page's API answers with, and its status. */
const STATUS = {
  'malformed-body': 400,
  'login-required': 401,
  'wrong-code': 401,
  'expired-code': 401,
  'no-calls': 402,
  'foreign-origin': 403,
  blocked: 403,
  'fresh-login-needed': 403,
  'not-found': 404,
  'card-already-yours': 409,
  'idempotency-key-reused': 409,
  'too-large': 413,
  'not-json': 415,
  'invalid-input': 422,
  'card-in-text': 422,
  'card-malformed': 422,
  'card-refused': 422,
  'card-too-late': 422,
  'key-in-text': 422,
  'own-key-malformed': 422,
  'own-key-refused': 422,
  'own-key-no-credit': 422,
  'own-keys-not-offered': 422,
  'unknown-channel': 422,
  'model-unavailable': 422,
  'words-refused': 422,
  'question-too-long': 422,
  'too-many-requests': 429,
  'too-many-tries': 429,
  'login-busy': 429,
  'too-fast': 429,
  'too-many-waiting': 429,
  'too-many-streams': 429,
  internal: 500,
  'own-key-unreachable': 503,
  'oauth-unavailable': 503,
  'store-stuck': 503,
} as const

export type ProblemCode = keyof typeof STATUS

export const PROBLEM_CODES = Object.keys(STATUS) as ProblemCode[]
export const statusOf = (code: ProblemCode): number => STATUS[code]

/** A problem before it has words. */
export type Refused = {
  code: ProblemCode
  /** In the place of the usual words. */
  detail?: string
  /** Said behind the usual words. */
  note?: 'newTicket'
  /** What stands in the words, such as `date`. */
  values?: { [name: string]: string | number }
  errors?: Problem['errors']
  refusalCode?: string
  retryAfterMs?: number
}

/** `detail` may name values in braces; `{minutes}` is how long to wait. */
export type ProblemTexts = { [code in ProblemCode]: { title: string; detail: string } } & {
  codeNote: string
  /** After too many wrong codes of a login: what works at once. */
  newTicket: string
}

export const problemTextsOf = (locale: Locale): ProblemTexts => ({ 'zh-CN': zhCN, en })[locale]

export const problemOf = (refused: Refused, texts: ProblemTexts, traceId: string): Problem => {
  const { code, errors, refusalCode, retryAfterMs } = refused
  const seconds = retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(retryAfterMs / 1000))
  const values = { ...refused.values, minutes: Math.ceil((seconds ?? 60) / 60), seconds: seconds ?? 60 }
  const { title, detail } = texts[code]
  const note =
    refusalCode === undefined || refused.detail?.includes(refusalCode)
      ? ''
      : fill(texts.codeNote, { code: refusalCode })
  return {
    ...{
      status: STATUS[code],
      code,
      title,
      detail: `${refused.detail ?? fill(detail, values)}${refused.note === undefined ? '' : texts[refused.note]}${note}`,
      traceId,
    },
    ...(errors ? { errors } : {}),
    ...(refusalCode === undefined ? {} : { refusalCode }),
    ...(seconds === undefined ? {} : { retryAfter: seconds }),
  }
}

const fill = (text: string, values: { [name: string]: string | number | undefined }): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
