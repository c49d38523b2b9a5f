import { z } from 'zod'

/**
 * Everything that the page's HTTP API takes and answers. The routes validate by these schemas, `/api/openapi.json` is
 * generated from them, and the page is typed by them. Times are milliseconds since the Unix epoch.
 */

const time = z.int().nonnegative()
const calls = z.int().nonnegative()
const text = (most: number) => z.string().max(most)
const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_[\\w-]{1,36}$`))

export const LIMITS = {
  /** Of a question, in UTF-16 units. */
  questionChars: 20_000,
  titleChars: 80,
  cardChars: 2000,
  ownKeyChars: 1000,
  modelChars: 200,
  /** Of a body, in bytes. */
  bodyBytes: 128 * 1024,
  pageSize: 100,
} as const

// ── errors

export const fieldError = z.object({
  /** The field of the body, the query or the path, such as `key`; empty when the whole of it is wrong. */
  field: z.string(),
  message: z.string(),
})

/** RFC 9457, as application/problem+json. */
export const problem = z.object({
  status: z.int(),
  /** Stable, kebab-case. */
  code: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  title: z.string(),
  /** Says what to do next, in the service's language. */
  detail: z.string(),
  traceId: z.string(),
  /** What of the request is wrong. */
  errors: z.array(fieldError).optional(),
  /** With this the operator finds out why (`yingda why`). */
  refusalCode: z.string().optional(),
  /** Seconds; the Retry-After header says the same. */
  retryAfter: z.int().optional(),
})
export type Problem = z.infer<typeof problem>

// ── who runs this

export const site = z.object({
  locale: z.enum(['zh-CN', 'en']),
  /** Answers are marked as AI-generated. */
  aiLabel: z.boolean(),
  /** One tap inside WeChat: send the browser to `/api/login/oauth`. */
  oauth: z.boolean(),
  /** A simulated WeChat is at `/sandbox`. */
  sandbox: z.boolean(),
  /** By which the account is found in WeChat; null where the operator has named none. */
  accountName: z.string().nullable(),
  /** The site's ICP number, which links to https://beian.miit.gov.cn/; null where it has none. */
  icpNumber: z.string().nullable(),
})
export type Site = z.infer<typeof site>

// ── login

export const loginTicket = z.object({
  ticket: z.string(),
  /** A picture; null where the operator has named none: then it is found by the account's name. */
  qrUrl: z.string().nullable(),
  /** Digits: 「登录」 sent with them is answered with a code for this browser alone. Null: there are none at the moment. */
  mark: z.string().nullable(),
  /** scene: scanning is enough · account: follow, then send 「登录」. */
  kind: z.enum(['scene', 'account']),
  expiresAt: time,
})
export type LoginTicket = z.infer<typeof loginTicket>

export const ticketEvents = {
  scanned: z.object({ scannedAt: time }),
  expired: z.object({ expiresAt: time }),
}
export type TicketEvents = { [name in keyof typeof ticketEvents]: z.infer<(typeof ticketEvents)[name]> }

export const loginBody = z.strictObject({ code: z.string().min(1).max(40) })
export type LoginBody = z.infer<typeof loginBody>

export const session = z.object({
  id: z.string(),
  /** The one that asks. */
  current: z.boolean(),
  userAgent: z.string(),
  /** What that means; null what is not known. */
  browser: z.string().nullable(),
  system: z.string().nullable(),
  createdAt: time,
  /** To the day. */
  lastSeenAt: time,
  expiresAt: time,
})
export type Session = z.infer<typeof session>

// ── me

export const quota = z.object({
  remaining: calls,
  /** In the order they are spent in. */
  grants: z.array(
    z.object({
      kind: z.enum(['trial', 'daily', 'card', 'operator']),
      remaining: calls,
      /** Null: never. */
      expiresAt: time.nullable(),
    }),
  ),
})
export type Quota = z.infer<typeof quota>

export const ownKey = z.object({
  channel: z.string(),
  /** The last characters of the key, all of it that is ever shown. */
  tail: z.string(),
})
export type OwnKey = z.infer<typeof ownKey>

export const me = z.object({
  id: id('usr'),
  quota,
  ownKey: ownKey.nullable(),
  /** Channels that take a user's own key. */
  ownKeyChannels: z.array(z.object({ code: z.string(), models: z.array(z.string()) })),
  /** What is asked when a question names no model; null when there is none to ask. */
  model: z.string().nullable(),
  /** The conversation that WeChat writes to. */
  conversationId: id('cnv'),
  /** Still follows the account. */
  following: z.boolean(),
  /** Whether this login is so young that export and erase ask for no other. */
  freshLogin: z.boolean(),
})
export type Me = z.infer<typeof me>

/** Null: the operator's default again. */
export const meChange = z.strictObject({ model: text(LIMITS.modelChars).min(1).nullable() })
export type MeChange = z.infer<typeof meChange>

export const model = z.object({
  id: z.string(),
  channels: z.array(z.string()),
  /** Calls for one question; on one's own key 0. */
  price: calls,
})
export type Model = z.infer<typeof model>

export const redeemBody = z.strictObject({ key: z.string().min(1).max(LIMITS.cardChars) })
export type RedeemBody = z.infer<typeof redeemBody>

export const redeemed = z.object({
  /** That were on the card. */
  calls,
  /** Of these calls; null: never. */
  expiresAt: time.nullable(),
  quota,
})
export type Redeemed = z.infer<typeof redeemed>

export const ownKeyBody = z.strictObject({
  channel: z.string().min(1).max(100),
  key: z.string().min(1).max(LIMITS.ownKeyChars),
})
export type OwnKeyBody = z.infer<typeof ownKeyBody>

export const usageDay = z.object({
  /** In Shanghai, `YYYY-MM-DD`. */
  date: z.iso.date(),
  /** Spent. */
  calls,
  questions: z.int().nonnegative(),
})
export type UsageDay = z.infer<typeof usageDay>

export const usageQuery = z.strictObject({ days: z.coerce.number().int().min(1).max(366).default(30) })

// ── conversations

export const conversation = z.object({
  id: id('cnv'),
  /** The name it was given, else how its first question begins; null before there is one. */
  title: z.string().nullable(),
  turns: z.int().nonnegative(),
  createdAt: time,
  /** When something was last asked in it. */
  updatedAt: time,
  /** What is written in WeChat belongs to it. */
  inWechat: z.boolean(),
})
export type Conversation = z.infer<typeof conversation>

const title = z.string().trim().min(1).max(LIMITS.titleChars)
export const newConversation = z.strictObject({ title: title.optional() })
export type NewConversation = z.infer<typeof newConversation>

export const conversationChange = z
  .strictObject({
    title: title.optional(),
    /** The next word in WeChat belongs to it. */
    inWechat: z.literal(true).optional(),
  })
  .refine((change) => Object.keys(change).length > 0, 'names nothing to change')
export type ConversationChange = z.infer<typeof conversationChange>

/** A list goes on at the address in its header `Link: <…>; rel="next"`. */
export const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(LIMITS.pageSize).default(50),
  /** From that address. */
  after: z.string().max(200).optional(),
})
export const turnsQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(LIMITS.pageSize).default(50),
  /** Only those before this turn. */
  before: id('trn').optional(),
})

export const usage = z.object({
  promptTokens: z.int().nonnegative(),
  completionTokens: z.int().nonnegative(),
})
/** whole · cut-off: the model broke off · too-long: it reached its limit, and can go on · stopped: by the user. */
export const ending = z.enum(['whole', 'cut-off', 'too-long', 'stopped'])
export const failure = z.object({ code: z.string(), message: z.string() })

export const turn = z.object({
  id: id('trn'),
  conversationId: id('cnv'),
  status: z.enum(['waiting', 'answering', 'answered', 'failed']),
  question: z.string(),
  /** Markdown; null until it is there, and when it failed. What is being said is told by the turn's events. */
  answer: z.string().nullable(),
  /** How an answer came to its end; null until it has, and when it failed. */
  ending: ending.nullable(),
  failure: failure.nullable(),
  model: z.string().nullable(),
  usage: usage.nullable(),
  /** Calls that were spent on it. */
  charged: calls,
  via: z.enum(['wechat', 'page']),
  createdAt: time,
  endedAt: time.nullable(),
})
export type Turn = z.infer<typeof turn>

export const newTurn = z.strictObject({
  text: z
    .string()
    .max(LIMITS.questionChars)
    .refine((said) => said.trim() !== '', 'is empty'),
  model: text(LIMITS.modelChars).min(1).optional(),
})
export type NewTurn = z.infer<typeof newTurn>

/** The same key again is the same question. */
export const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,200}$/)

export const asked = z.object({ turnId: id('trn') })
export type Asked = z.infer<typeof asked>

export const stopped = z.object({
  /** False when it had ended already. */
  stopped: z.boolean(),
})
export type Stopped = z.infer<typeof stopped>

/** Each has an id; `Last-Event-ID` goes on behind it. */
export const turnEvents = {
  /** An attempt begins, from nothing: forget what was told before. */
  start: z.object({}),
  delta: z.object({ text: z.string() }),
  finish: z.object({ usage: usage.nullable(), charged: calls, ending }),
  /** `charged`: in calls, for what had been shown of it, or when too many questions came to nothing that day. */
  error: failure.extend({ charged: calls }),
}
export type TurnEvents = { [name in keyof typeof turnEvents]: z.infer<(typeof turnEvents)[name]> }
