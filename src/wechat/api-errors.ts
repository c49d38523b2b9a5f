/**
 * What a caller should do about a failed call:
 * `retry` later with growing pauses · `renew-token` once, then repeat · `hold` the answer for the user's next word ·
 * `give-up` on this user · `split` the text smaller · `not-granted`: never call this again for this account ·
 * `ignore` · `alarm`: stop, an operator must act · `fix`: our request is wrong, repeating it cannot help.
 */
export type Advice =
  | 'retry'
  | 'renew-token'
  | 'hold'
  | 'give-up'
  | 'split'
  | 'not-granted'
  | 'ignore'
  | 'alarm'
  | 'fix'

/** How a code is read: what to do, and one short sentence for the operator. */
export type Reading = { advice: Advice; hint: string }

// The send page lists only -1, 40001, 40013, 45008 and 70000; the others are global return codes:
// https://developers.weixin.qq.com/doc/offiaccount/Getting_Started/Global_Return_Code.html
const KNOWN: ReadonlyMap<number, Reading> = new Map<number, Reading>([
  [-1, { advice: 'retry', hint: 'WeChat is busy; try again a little later' }],
  [40001, { advice: 'renew-token', hint: 'the access token is wrong or was replaced by a newer one' }],
  [40003, { advice: 'give-up', hint: 'the OpenID is wrong, of another account, or no longer follows' }],
  [40013, { advice: 'alarm', hint: 'WeChat does not know the app id; check WECHAT_APP_ID' }],
  [40014, { advice: 'renew-token', hint: 'the access token is malformed' }],
  [40033, { advice: 'fix', hint: 'the request held \\u escapes; the body must be raw UTF-8' }],
  [40125, { advice: 'alarm', hint: 'the app secret is wrong; check WECHAT_APP_SECRET' }],
  [
    40164,
    {
      advice: 'alarm',
      hint: 'this address is not in the IP allowlist of the account; add the one shown (it takes 1-5 minutes)',
    },
  ],
  [40200, { advice: 'not-granted', hint: 'this type of account may not use the interface' }],
  [41001, { advice: 'fix', hint: 'the access token was missing; look for a proxy that drops the query' }],
  [42001, { advice: 'renew-token', hint: 'the access token has expired' }],
  [43004, { advice: 'give-up', hint: 'the user must follow the account first' }],
  [43019, { advice: 'give-up', hint: 'the user is on the black list of the account' }],
  [45002, { advice: 'split', hint: 'the text is too long; send it in smaller parts' }],
  [45008, { advice: 'fix', hint: 'only one article may be sent' }],
  [
    45009,
    {
      advice: 'alarm',
      hint: 'the daily or frequency limit of the interface is used up; wait for the next day or clear the quota',
    },
  ],
  [45011, { advice: 'retry', hint: 'called too often; slow down' }],
  [45015, { advice: 'hold', hint: 'outside the reply window; the answer waits for the next message' }],
  [45047, { advice: 'hold', hint: 'message quota used up; the answer waits for the next message' }],
  [45072, { advice: 'ignore', hint: 'WeChat did not know the typing command' }],
  [45080, { advice: 'ignore', hint: 'no typing notice: the user has not written in the last 30 seconds' }],
  [45081, { advice: 'ignore', hint: 'the typing notice is still shown' }],
  [48001, { advice: 'not-granted', hint: 'the interface is not granted; reply to callbacks only' }],
  [48002, { advice: 'give-up', hint: 'the user has turned off messages' }],
  [
    48004,
    { advice: 'alarm', hint: 'the interface is banned for this account; see the notices of the account' },
  ],
  [48006, { advice: 'alarm', hint: 'the quota was cleared too often this month; wait' }],
  [48017, { advice: 'alarm', hint: 'this API address is retired; set WECHAT_API_BASE to a host name' }],
  [50001, { advice: 'give-up', hint: 'the user has not authorised this interface' }],
  [50002, { advice: 'give-up', hint: 'the user or the account is restricted; if frequent, see the notices' }],
  [50005, { advice: 'give-up', hint: 'the user does not follow the account' }],
  [70000, { advice: 'give-up', hint: 'blocked by WeChat to protect a minor' }],
])

const NEW_ADDRESS: Reading = {
  advice: 'alarm',
  hint: 'a token call from a new IP waits for the consent of an administrator of the account; confirm it in WeChat',
}

// An unknown refusal may mean anything: repeating could make it worse, and someone should look at it.
const UNKNOWN: Reading = {
  advice: 'alarm',
  hint: 'an unknown code; look it up with the rid in the diagnosis tool',
}

const PASSING: Reading = { advice: 'retry', hint: 'WeChat or the way to it is disturbed; try again later' }

const readingOf = (errcode: number): Reading =>
  KNOWN.get(errcode) ?? (errcode >= 89501 && errcode <= 89507 ? NEW_ADDRESS : UNKNOWN)

export const adviceFor = (errcode: number): Advice => readingOf(errcode).advice

/** One short sentence for the operator: what happened or what to do. */
export const hintFor = (errcode: number): string => readingOf(errcode).hint

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
    this.hint = reading.hint
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
    this.hint = reading.hint
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
      : { advice: 'alarm', hint: 'check WECHAT_API_BASE and the proxy behind it' },
  )

export const isWechatFailure = (thrown: unknown): thrown is WechatApiError | WechatNetworkError =>
  thrown instanceof WechatApiError || thrown instanceof WechatNetworkError
