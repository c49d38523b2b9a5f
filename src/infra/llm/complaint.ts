import { isRecord, type JsonRecord, recordOf } from './json-record.ts'

/**
 * A provider's refusal, by status or inside a 200, as it came. It may quote the key or the question: nothing of it goes
 * into a message, a log or an error, but what `codeOf` lets through.
 */
export class ProviderRefusal extends Error {
  readonly status: number
  readonly complaint: Complaint
  constructor(status: number, said: unknown) {
    super(`refused with HTTP ${status}`)
    this.name = 'ProviderRefusal'
    this.complaint = complaintOf(said)
    this.status = status === 200 ? (statusIn(this.complaint) ?? 200) : meantBy(status, this.complaint.code)
  }
}

/** The address answers with a web page: it is somebody's site, not an API. */
export class WebPageError extends Error {}

/** `texts`: every word and figure of it, in small letters, the names left out · `words`: all of these in one. */
export type Complaint = { texts: readonly string[]; words: string; code: string; isPage: boolean }

const MAX_TEXTS = 100
const MAX_TEXT_CHARS = 1000
const MAX_CHARS = 8000
const MAX_DEPTH = 8

/** Reads the text of a body, or what has been parsed of it. */
const complaintOf = (said: unknown): Complaint => {
  const value = typeof said === 'string' ? parsed(said) : said
  const texts: string[] = []
  let chars = 0
  const collect = (part: unknown, depth: number): void => {
    if (depth > MAX_DEPTH || texts.length >= MAX_TEXTS || chars >= MAX_CHARS) return
    if (typeof part === 'string' || typeof part === 'number') {
      const text = String(part).slice(0, MAX_TEXT_CHARS).toLowerCase()
      texts.push(text)
      chars += text.length
      // Proxies pass on what they were told as a text in a text.
      const inner = typeof part === 'string' && /^\s*[[{]/.test(part) ? parsed(part) : undefined
      if (typeof inner === 'object') collect(inner, depth + 1)
    } else if (typeof part === 'object' && part !== null)
      for (const each of Object.values(part)) collect(each, depth + 1)
  }
  collect(value, 0)
  const isPage = typeof value === 'string' && value.trimStart().startsWith('<')
  return { texts, words: texts.join('\n'), code: codeIn(value), isPage }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The provider's own short code, such as `Arrearage` or `model_not_found`; '' for none. */
const codeIn = (value: unknown): string => {
  const top = recordOf(Array.isArray(value) ? value[0] : value)
  const error = recordOf(Array.isArray(top.errors) ? top.errors[0] : (top.error ?? top.base_resp ?? top))
  const code = [error.code, error.status, error.type, error.status_code].find(
    (each) => typeof each === 'string' || typeof each === 'number',
  )
  return code === undefined ? '' : String(code)
}

const STATUS = /^[45]\d\d$/

/** A status told in a 200. */
const statusIn = ({ texts }: Complaint): number | undefined => {
  const status = texts.find((text) => STATUS.test(text))
  return status === undefined ? undefined : Number(status)
}

const FINE = ['', '0', '200', 'ok', 'success', 'successful', 'succeed', '成功', '10000', 'null']

/** Gateways pass on a refusal of access as a 400, with the status it had as its code. */
const meantBy = (status: number, code: string): number =>
  status === 400 && ['401', '402', '403', '429'].includes(code) ? Number(code) : status

/** Whether a piece of JSON tells of a fault; `choice`: the part of it that speaks, or the whole where none does. */
export const complaintIn = (value: JsonRecord, choice: JsonRecord): boolean => {
  if (isError(value.error) || isError(choice.error)) return true
  if (Array.isArray(value.errors) && value.errors.length > 0) return true
  if (isBad(recordOf(value.base_resp).status_code)) return true
  if (choice !== value || isRecord(value.delta) || isRecord(value.message)) return false
  if (value.object === 'error' || value.type === 'error' || value.success === false) return true
  if (isBad(recordOf(value.header).code) || isError(recordOf(value.Response).Error)) return true
  const codes = [value.code, value.error_code, value.errcode, value.status_code, value.errorCode, value.Code]
  if (codes.some(isBad)) return true
  if (STATUS.test(String(value.status))) return true
  return [value.message, value.msg, value.error_msg, value.detail].some(
    (each) => (typeof each === 'string' && isBad(each)) || Array.isArray(each),
  )
}

const isBad = (code: unknown): boolean =>
  (typeof code === 'number' || typeof code === 'string') && !FINE.includes(String(code).toLowerCase())

const isError = (error: unknown): boolean =>
  (typeof error === 'string' && error.trim() !== '') ||
  error === true ||
  (Array.isArray(error) && error.length > 0) ||
  (isRecord(error) &&
    Object.values(error).some((each) => (typeof each === 'object' ? each !== null : isBad(each))))
