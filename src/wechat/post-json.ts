import { z } from 'zod'
import { httpStatusError, WechatApiError, WechatNetworkError } from './api-errors.ts'
import type { Reading } from './error-codes.ts'

export type Call<T> = {
  fetch: typeof fetch
  /** Scheme, host and perhaps a path to put before `path`. */
  apiBase: string
  path: string
  /** The shape of a good answer; `errcode` is looked at before. */
  answer: z.ZodType<T>
  timeoutMs: number
  /** Blanked out should WeChat, or something in between, echo them. */
  secrets: readonly string[]
  /** Codes that mean something else in this call. */
  readings?: ReadonlyMap<number, Reading>
}

export type Post<T> = Call<T> & {
  /** Goes into the query and nowhere else. */
  token?: string
  body: object
}

export type Get<T> = Call<T> & { query: { readonly [name: string]: string } }

/** Every answer used here is a few hundred bytes. */
const MAX_ANSWER_BYTES = 64 * 1024

const Refusal = z.object({ errcode: z.int(), errmsg: z.string().optional() })

/**
 * One call of the WeChat API, no retries.
 * @throws WechatApiError when WeChat answers with an errcode other than 0
 * @throws WechatNetworkError when no usable answer comes within `timeoutMs`
 */
export const postJson = async <T>(post: Post<T>): Promise<T> => {
  const query = post.token === undefined ? '' : `?access_token=${encodeURIComponent(post.token)}`
  const answer = await exchange(post, query, {
    method: 'POST',
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: rawJson(post.body),
  })
  return judge(post, answer)
}

/** The same for the calls that WeChat wants as GET. */
export const getJson = async <T>(get: Get<T>): Promise<T> =>
  judge(get, await exchange(get, `?${new URLSearchParams(get.query)}`, { method: 'GET' }))

const judge = <T>(call: Call<T>, answer: unknown): T => {
  const refusal = Refusal.safeParse(answer)
  if (refusal.success && refusal.data.errcode !== 0) {
    const { errcode, errmsg = '' } = refusal.data
    throw new WechatApiError(call.path, errcode, blank(errmsg, call.secrets), call.readings?.get(errcode))
  }
  const good = call.answer.safeParse(answer)
  if (good.success) return good.data
  const fields = good.error.issues.map((issue) => issue.path.join('.') || '(all)').join(', ')
  throw new WechatNetworkError(call.path, 'malformed', `not the documented shape at ${fields}`)
}

const exchange = async (
  { fetch, apiBase, path, timeoutMs }: Call<unknown>,
  query: string,
  init: Pick<RequestInit, 'method' | 'headers' | 'body'>,
): Promise<unknown> => {
  const signal = AbortSignal.timeout(timeoutMs)
  let text: string | undefined
  try {
    const response = await fetch(`${apiBase.replace(/\/+$/, '')}${path}${query}`, {
      ...init,
      // A followed redirect would carry the secret or the token to another host.
      redirect: 'manual',
      signal,
    })
    if (!response.ok) {
      await response.body?.cancel()
      throw httpStatusError(path, response.status)
    }
    text = await readBounded(response)
  } catch (err) {
    if (err instanceof WechatNetworkError) throw err
    if (signal.aborted) throw new WechatNetworkError(path, 'timeout', `nothing within ${timeoutMs} ms`)
    const code = connectionCode(err)
    throw new WechatNetworkError(path, 'connection', code, !NEVER_LEFT.test(code))
  }
  if (text === undefined) {
    throw new WechatNetworkError(path, 'malformed', `more than ${MAX_ANSWER_BYTES} bytes`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new WechatNetworkError(path, 'malformed', 'not JSON')
  }
}

/** The body as text; undefined, with the rest left unread, once it is too large. */
const readBounded = async (response: Response): Promise<string | undefined> => {
  if (!response.body) return ''
  const chunks: Uint8Array[] = []
  let bytes = 0
  // Leaving the loop cancels the stream.
  for await (const chunk of response.body) {
    bytes += chunk.byteLength
    if (bytes > MAX_ANSWER_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * WeChat refuses `\uXXXX` escapes (40033), and JSON.stringify writes them for lone surrogates and for the control
 * characters without a short form. Neither can be shown anyway.
 */
const rawJson = (body: object): string =>
  JSON.stringify(body, (_key, value: unknown) =>
    typeof value === 'string' ? value.toWellFormed().replace(/[\0-\x07\x0b\x0e-\x1f]/g, '') : value,
  )

/** There was no connection, or none that could be trusted: nothing has been asked. Anything else may have got through. */
const NEVER_LEFT =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|UND_ERR_CONNECT_TIMEOUT|ERR_TLS_\w+|ERR_SSL_\w+|\w*CERT\w*)$/

/** `ECONNREFUSED` and the like; never the message, which may quote the URL. */
const connectionCode = (thrown: unknown): string => {
  const code = property(property(thrown, 'cause'), 'code')
  return typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : 'the connection failed'
}

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined

const blank = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter((secret) => secret !== '')
    .reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
    .replace(/((?:access_token|secret)["']?\s*[=:]\s*["']?)[^\s&"',}]+/gi, '$1***')
    .slice(0, 300)
