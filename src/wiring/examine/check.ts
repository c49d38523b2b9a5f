import { say } from '../../base/say.ts'

/** error: the service cannot do its work · warning: it can, but somebody should look. `fix`: what to do. */
export type Verdict = { level: 'ok' | 'warning' | 'error'; detail: string; fix?: string }

/** One thing looked at, by a stable kebab-case name. */
export type Check = { name: string } & Verdict

/** Ends by itself, in a few seconds. */
export type Examination = { name: string; run(): Promise<Verdict> }

export const ok = (detail: string): Verdict => ({ level: 'ok', detail })
export const warning = (detail: string, fix?: string): Verdict => judged('warning', detail, fix)
export const error = (detail: string, fix?: string): Verdict => judged('error', detail, fix)

const judged = (level: Verdict['level'], detail: string, fix: string | undefined): Verdict =>
  fix ? { level, detail, fix } : { level, detail }

const MAX_CHARS = 300

/** What was thrown, in one line. */
export const reasonOf = (thrown: unknown): string => {
  if (!(thrown instanceof Error)) return String(thrown)
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
  // A refused connection to a name with several addresses has no message of its own.
  const message = thrown.message || code || thrown.name
  return message.replace(/\s+/g, ' ').slice(0, MAX_CHARS)
}

export const noAnswerWithin = (ms: number): string =>
  say({ zh: `${ms / 1000} 秒内没有应答`, en: `no answer within ${ms / 1000} s` })

/** Comes to a verdict whatever happens. */
export const conclude = async ({ name, run }: Examination, withinMs: number): Promise<Check> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Verdict>((resolve) => {
    timer = setTimeout(() => resolve(error(noAnswerWithin(withinMs))), withinMs)
  })
  try {
    return { name, ...(await Promise.race([run(), late])) }
  } catch (thrown) {
    return { name, ...error(reasonOf(thrown)) }
  } finally {
    clearTimeout(timer)
  }
}
