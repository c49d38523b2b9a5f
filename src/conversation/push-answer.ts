import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Deliveries, Delivery } from './delivery.ts'
import { type PartsOf, planAtDoor } from './delivery-plan.ts'
import type { Messenger, SendResult } from './messenger.ts'
import type { Turn } from './turn.ts'

export type PushParts = {
  deliveries: Omit<Deliveries, 'reply' | 'due' | 'find'>
  messenger: Messenger
  partsOf: PartsOf
  clock: Clock
  log: Log
  /** 0 ≤ x < 1, for jitter. */
  random: () => number
}

/** Longer than one send with all its tries: a pusher that is silent for so long is dead. */
const PUSH_LEASE_MS = 60_000
const TRIES = 3
const FIRST_PAUSE_MS = 500
const POSTPONE_MS = 30_000
/** Past this the answer waits for the user's next word instead. */
const PUSH_FOR_MS = 10 * 60_000

/** Pushes a finished turn's answer if its door has closed, from the first part that is not confirmed. */
export const createPushAnswer = (parts: PushParts) => {
  const { deliveries, messenger, clock, log } = parts

  const sendWithTries = async (openid: string, text: string): Promise<SendResult> => {
    for (let attempt = 1; ; attempt += 1) {
      const result = await messenger.sendText(openid, text)
      if (result.ok || result.next !== 'retry' || attempt === TRIES) return result
      await clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + parts.random()))
    }
  }

  const sendParts = async (turn: Turn, delivery: Delivery, words: string[]): Promise<void> => {
    for (let index = delivery.partsSent; index < words.length; index += 1) {
      const result = await sendWithTries(turn.openid, words[index] ?? '')
      const now = clock.now()
      if (result.ok) {
        if (!(await deliveries.partSent(turn.id, index + 1, now, now + PUSH_LEASE_MS))) return
        continue
      }
      const about = { turnId: turn.id, part: index + 1, of: words.length, reason: result.reason }
      if (result.next === 'retry' && now - turn.createdAt < PUSH_FOR_MS) {
        log.warn(about, 'a part could not be pushed, trying again later')
        return deliveries.postponePush(turn.id, now + POSTPONE_MS, now)
      }
      const status = result.next === 'give-up' ? 'expired' : 'held'
      log.warn({ ...about, status }, 'an answer could not be pushed')
      await deliveries.endPush(turn.id, status, now)
      return
    }
    await deliveries.endPush(turn.id, 'delivered', clock.now())
  }

  return async (turn: Turn): Promise<void> => {
    const now = clock.now()
    let words = parts.partsOf(turn)
    // More than a callback can carry: nobody has to wait for the door.
    if (planAtDoor(words.length, messenger.mayPush()) === 'push') await deliveries.closeDoor(turn.id, now)
    const delivery = await deliveries.startPush(turn.id, now, now + PUSH_LEASE_MS)
    if (!delivery) return
    if (delivery.parts.length > 0) words = delivery.parts
    else await deliveries.storeParts(turn.id, words)
    if (messenger.mayPush()) return sendParts(turn, delivery, words)
    await deliveries.endPush(turn.id, 'held', now)
  }
}
