/** The platform's figures. Sources: the pages of developers.weixin.qq.com/doc/subscription named beside each group. */

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** Passive replies and customer-service texts; no official figure, what public SDKs measured and split by. */
export const TEXT_MAX_BYTES = 2048

/** guide/product/message/Passive_user_reply_message: five seconds, and the same message again, three requests in all. */
export const CUT_MS = 5000
export const MAX_REQUESTS = 3

/** The two wordings mean the same; this is the one that users report today. */
export const FAULT_NOTICE = '该公众号提供的服务出现故障，请稍后再试'

/** guide/product/message/Customer_Service_Message_Restrictions: messages per trigger, and for how long. */
export const ALLOWANCES = {
  message: { messages: 5, windowMs: 48 * HOUR_MS },
  menu: { messages: 3, windowMs: MINUTE_MS },
  follow: { messages: 3, windowMs: MINUTE_MS },
  scan: { messages: 3, windowMs: MINUTE_MS },
} as const

/** api/customer/message/api_typing: contact within 30 s, shown for 15 s. */
export const TYPING_CONTACT_MS = 30_000
export const TYPING_MS = 15_000

/** api/base/api_getstableaccesstoken and api_getaccesstoken. */
export const TOKEN_LIFE_MS = 2 * HOUR_MS
export const TOKEN_OVERLAP_MS = 5 * MINUTE_MS
export const FORCE_APART_MS = 30_000
export const FORCES_PER_DAY = 20
export const CLASSIC_TOKENS_PER_DAY = 2000

/** OA_Web_Apps/Wechat_webpage_authorization. */
export const OAUTH_CODE_LIFE_MS = 5 * MINUTE_MS

/** api/qrcode/qrcodes/api_createqrcode. */
export const TICKET_MAX_SECONDS = 2_592_000
export const TICKET_DEFAULT_SECONDS = 60
export const PERMANENT_SCENE_MAX = 100_000

/** Reply articles: one when answering a message, up to eight when answering an event. */
export const ARTICLES_FOR_MESSAGE = 1
export const ARTICLES_FOR_EVENT = 8
