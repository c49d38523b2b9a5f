import { z } from 'zod'
import type { AccessTokens } from './access-tokens.ts'
import type { AccountKind, Random } from './account.ts'
import type { CustomMenu } from './custom-menu.ts'
import type { CustomerMessages } from './customer-messages.ts'
import type { Oauth } from './oauth.ts'
import { createRefusal } from './refusals.ts'
import type { SceneTickets } from './scene-tickets.ts'
import type { WireLog } from './wire-log.ts'

export type ApiRequest = { method: string; path: string; query: URLSearchParams; body: string }

/** `no-answer`: the connection stays open and silent until the caller gives up. */
export type ApiAnswer = { status: number; type: string; body: string } | 'no-answer'

/** An error code; nothing at all; a server error; or everything done but the answer lost on its way. */
export type Fault = number | 'timeout' | 'http-500' | 'lost-answer'

/** The JSON of an answer, or an error code (0: done). */
type Result = Record<string, unknown> | number

type Endpoint = {
  method: 'GET' | 'POST'
  /** Kinds of account that may call it, checked after the token; without it anyone may, and no token is asked for. */
  kinds?: AccountKind[]
  run(body: unknown, query: URLSearchParams): Result
}

export type ApiOptions = {
  kind(): AccountKind
  tokens: AccessTokens
  messages: CustomerMessages
  tickets: SceneTickets
  menu: CustomMenu
  oauth: Pick<Oauth, 'exchange'>
  random: Random
  wire: WireLog
}

const ALL: AccountKind[] = ['service', 'verified', 'unverified']
const VERIFIED: AccountKind[] = ['service', 'verified']
const SERVICE: AccountKind[] = ['service']

/** An escaped backslash before the `u` makes it a plain letter. */
const UNICODE_ESCAPE = /(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}/

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** How the log tells of an answer. */
const described = (given: ApiAnswer) => {
  if (given === 'no-answer') return { plain: '(no answer)', outcome: 'no answer', failed: true as const }
  const { errcode } = z
    .object({ errcode: z.number().default(0) })
    .catch({ errcode: 0 })
    .parse(parseJson(given.body))
  const failed = given.status !== 200 || errcode !== 0 ? { failed: true as const } : {}
  return {
    plain: given.body,
    status: given.status,
    outcome: errcode === 0 ? 'ok' : String(errcode),
    ...failed,
  }
}

/** api.weixin.qq.com, as far as a chatbot needs it. */
export const createApi = (options: ApiOptions) => {
  const { tokens, messages, tickets, menu, oauth, wire } = options
  const refusal = createRefusal(options.random)
  const faults: { path: string; fault: Fault; times: number }[] = []

  const endpoints: Record<string, Endpoint> = {
    '/cgi-bin/stable_token': { method: 'POST', run: (body) => tokens.stable(body) },
    '/cgi-bin/token': { method: 'GET', run: (_, query) => tokens.classic(query) },
    '/sns/oauth2/access_token': { method: 'GET', run: (_, query) => oauth.exchange(query) },
    '/cgi-bin/message/custom/send': { method: 'POST', kinds: VERIFIED, run: (body) => messages.send(body) },
    '/cgi-bin/message/custom/typing': {
      method: 'POST',
      kinds: VERIFIED,
      run: (body) => messages.typing(body),
    },
    '/cgi-bin/qrcode/create': { method: 'POST', kinds: SERVICE, run: (body) => tickets.create(body) },
    '/cgi-bin/menu/create': { method: 'POST', kinds: VERIFIED, run: (body) => menu.create(body) },
    '/cgi-bin/menu/get': { method: 'GET', kinds: VERIFIED, run: () => menu.get() },
    '/cgi-bin/menu/delete': { method: 'GET', kinds: VERIFIED, run: () => menu.remove() },
    '/cgi-bin/getcallbackip': { method: 'GET', kinds: ALL, run: () => ({ ip_list: ['127.0.0.1'] }) },
    '/cgi-bin/get_api_domain_ip': { method: 'GET', kinds: ALL, run: () => ({ ip_list: ['127.0.0.1'] }) },
  }

  const run = ({ method, path, query, body }: ApiRequest): Result => {
    const endpoint = endpoints[path]
    if (!endpoint) return 40066
    if (endpoint.method === 'POST' && method !== 'POST') return 43002
    if (endpoint.kinds) {
      const refused = tokens.refusal(query.get('access_token'))
      if (refused) return refused
      if (!endpoint.kinds.includes(options.kind())) return 48001
    }
    if (endpoint.method === 'GET') return endpoint.run(undefined, query)
    if (body === '') return 44002
    const json = parseJson(body)
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return 47001
    if (UNICODE_ESCAPE.test(body)) return 40033
    return endpoint.run(json, query)
  }

  const takeFault = (path: string): Fault | undefined => {
    const next = faults.find((entry) => entry.path === path && entry.times > 0)
    if (next) next.times -= 1
    return next?.fault
  }

  const json = (result: Result): ApiAnswer => {
    const value =
      typeof result !== 'number' ? result : result === 0 ? { errcode: 0, errmsg: 'ok' } : refusal(result)
    return { status: 200, type: 'application/json; encoding=utf-8', body: JSON.stringify(value) }
  }

  const answer = (request: ApiRequest): ApiAnswer => {
    const fault = takeFault(request.path)
    if (fault === 'timeout') return 'no-answer'
    if (fault === 'http-500')
      return { status: 500, type: 'text/html', body: '<h1>500 Internal Server Error</h1>' }
    if (typeof fault === 'number') return json(fault)
    const result = run(request)
    return fault === 'lost-answer' ? 'no-answer' : json(result)
  }

  return {
    /** Answers one call as api.weixin.qq.com would; HTTP 200 even for refusals. */
    handle(request: ApiRequest): ApiAnswer {
      const query = request.query.size > 0 ? `?${request.query}` : ''
      const what = `${request.method} ${request.path}`
      const note = { kind: 'api' as const, subject: request.path, what }
      wire.add({
        direction: 'from-app',
        ...note,
        plain: `${request.path}${query}\n${request.body}`.trimEnd(),
      })
      const given = answer(request)
      wire.add({ direction: 'to-app', ...note, ...described(given) })
      return given
    },
    /** The next `times` calls of `path` go wrong. Several faults of one path are used up in the order given. */
    failNext(path: string, fault: Fault, times = 1) {
      faults.push({ path, fault, times })
    },
  }
}
