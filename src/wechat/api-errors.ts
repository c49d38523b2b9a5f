import { say } from '../base/say.ts'
import { type Advice, PASSING, type Reading, readingOf } from './error-codes.ts'

/** WeChat answered, and refused. `rid` is what Tencent's diagnosis tool asks for. */
export class WechatApiError extends Error {
  override readonly name = 'WechatApiError'
  readonly errcode: number
  readonly rid: string | undefined
  readonly advice: Advice
  readonly hint: string

  /** `errmsg` must be free of secrets; `reading` only where a call reads the code in its own way. */
  constructor(path: string, errcode: number, errmsg: string, reading: Reading = readingOf(errcode)) {
    super(`WeChat refused ${path}: ${errcode} ${errmsg}`.trimEnd())
    this.errcode = errcode
    this.rid = /\brid:\s*([\w-]+)/.exec(errmsg)?.[1]
    this.advice = reading.advice
    this.hint = say(reading.hint)
  }
}

/**
 * `timeout`: no whole answer in time; `connection`: none at all or broken off; `status`: not HTTP 2xx; `malformed`: too
 * large, not JSON, or not the documented shape.
 */
export type NetworkFailure = 'timeout' | 'connection' | 'status' | 'malformed'

/** No usable answer came. Carries no cause: fetch's own errors may quote the URL, and with it the token. */
export class WechatNetworkError extends Error {
  override readonly name = 'WechatNetworkError'
  readonly path: string
  readonly kind: NetworkFailure
  /** WeChat may have done what it was asked for. */
  readonly mayBeDone: boolean
  readonly advice: Advice
  readonly hint: string

  constructor(
    path: string,
    kind: NetworkFailure,
    detail: string,
    mayBeDone = true,
    reading: Reading = PASSING,
  ) {
    super(`no usable answer from WeChat to ${path}: ${detail}`)
    this.path = path
    this.kind = kind
    this.mayBeDone = mayBeDone
    this.advice = reading.advice
    this.hint = say(reading.hint)
  }
}

/**
 * WeChat itself answers 200 to everything, so redirects and HTTP 4xx come from something in between, which did not pass
 * the call on. A gateway that says 5xx may have.
 */
export const httpStatusError = (path: string, status: number): WechatNetworkError =>
  new WechatNetworkError(
    path,
    'status',
    `HTTP ${status}`,
    status >= 500 || status === 408,
    status >= 500 || status === 408 || status === 429
      ? PASSING
      : {
          advice: 'alarm',
          hint: {
            zh: '请检查 WECHAT_API_BASE 和它后面的代理',
            en: 'check WECHAT_API_BASE and the proxy behind it',
          },
        },
  )

export const isWechatFailure = (thrown: unknown): thrown is WechatApiError | WechatNetworkError =>
  thrown instanceof WechatApiError || thrown instanceof WechatNetworkError
