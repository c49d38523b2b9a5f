// What the sandbox shows of itself, to its page as well: types alone. Times are milliseconds since the epoch.

/** What the account may do: a verified 服务号, a verified 订阅号/公众号, or one that is not verified. */
export type AccountKind = 'service' | 'verified' | 'unverified'

/** How callbacks travel: 明文, 兼容 or 安全 mode. */
export type Mode = 'plain' | 'compat' | 'secure'

/** One bubble on a phone. `kind` is WeChat's message type, or `notice`; `aiLabel`: WeChat prints 内容由第三方AI生成. */
export type PhoneMessage = {
  id: number
  from: 'user' | 'account' | 'system'
  kind: string
  text: string
  /** Milliseconds since the epoch. */
  at: number
  via?: 'reply' | 'push'
  aiLabel?: true
}

/** What the phone's owner did besides writing; ids and times run through with those of the bubbles. */
export type PhoneAct = {
  id: number
  at: number
  act: 'follow' | 'unfollow' | 'scan' | 'menu'
  /** Of the menu. */
  key?: string
}

export type Phone = {
  openid: string
  following: boolean
  typing: boolean
  /** A message or an act is still being delivered to the account's server. */
  waiting: boolean
  messages: PhoneMessage[]
  acts: PhoneAct[]
}

/** `does` is for who reads the list; `number`: what the figure after the phrase means. */
export type Phrase = { zh: string; en: string; number?: string; does: string }

export type Settings = { kind: AccountKind; mode: Mode; callbackUrl: string }

/** Why nothing was sent to the account. */
export type Refused = 'not-following' | 'unknown-ticket' | 'expired-ticket'

/** What the log tells of one thing that went over the wire. */
export type WireNote = {
  direction: 'to-app' | 'from-app'
  /** A user's message, a user's act, the settings page's check of the server URL, or a call of the API. */
  kind: 'message' | 'event' | 'check' | 'api'
  /** The message's type, the event's name, or the API's path. */
  subject: string
  /** Which request of one delivery, from 1. */
  attempt?: number
  /** The same in one line. */
  what: string
  /** Where a callback was posted, with its signatures. */
  url?: string
  /** Of answers: the HTTP status, how long they took, what the platform made of them, or the API's error code. */
  status?: number
  tookMs?: number
  outcome?: string
  failed?: true
  /** Readable; `cipher` is what really travelled when it was sealed. */
  plain: string
  cipher?: string
}

/** `at` in milliseconds since the epoch. */
export type WireEntry = WireNote & { id: number; at: number }
