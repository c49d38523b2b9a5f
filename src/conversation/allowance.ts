/** What a user's acts and our own pushes leave to push. Times in ms since the epoch; 0: never. */
export type PushHistory = {
  messagedAt: number
  tappedAt: number
  /** Ours of the last 48 h, oldest first. */
  sentAt: readonly number[]
}

const HOUR_MS = 3_600_000

/**
 * Messages per trigger, and for how long; a new act of the same kind fills it up again.
 * https://developers.weixin.qq.com/doc/subscription/guide/product/message/Customer_Service_Message_Restrictions.html
 */
export const PUSH_GRANTS = {
  message: { messages: 5, windowMs: 48 * HOUR_MS },
  tap: { messages: 3, windowMs: 60_000 },
} as const

/**
 * How many messages the account may still push to this user, as far as our own traffic tells: WeChat's refusal has the
 * last word. A push takes from the grant that ends first.
 */
export const pushesLeft = ({ messagedAt, tappedAt, sentAt }: PushHistory, now: number): number => {
  const ends = {
    message: messagedAt + PUSH_GRANTS.message.windowMs,
    tap: tappedAt + PUSH_GRANTS.tap.windowMs,
  }
  let [message, tap] = [messagedAt > 0 ? PUSH_GRANTS.message.messages : 0, 0]
  let tapCounted = tappedAt === 0
  for (const at of sentAt) {
    if (!tapCounted && at >= tappedAt) {
      tap = PUSH_GRANTS.tap.messages
      tapCounted = true
    }
    if (tap > 0 && at < ends.tap) tap -= 1
    else if (at >= messagedAt && message > 0) message -= 1
  }
  if (!tapCounted) tap = PUSH_GRANTS.tap.messages
  return (now < ends.message ? message : 0) + (now < ends.tap ? tap : 0)
}
