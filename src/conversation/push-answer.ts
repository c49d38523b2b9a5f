import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Users } from '../identity/user.ts'
import { PUSH_GRANTS, pushesLeft } from './allowance.ts'
import type { AnswerLinks } from './answer-links.ts'
import type { Deliveries, Delivery, Push } from './delivery.ts'
import { type PartsOf, planAtDoor, planPush } from './delivery-plan.ts'
import type { Messenger, SendResult } from './messenger.ts'
import type { Meters } from './meters.ts'
import type { PushLedger } from './push-ledger.ts'
import { sayRest } from './say-rest.ts'
import type { Texts } from './texts.ts'
import type { Turn } from './turn.ts'

export type PushParts = {
  deliveries: Omit<Deliveries, 'handOver' | 'due' | 'find' | 'release' | 'nextHeld' | 'expireHeld'>
  users: Pick<Users, 'unreachable'>
  pushes: Pick<PushLedger, 'history'>
  messenger: Messenger
  links: Pick<AnswerLinks, 'urlFor' | 'areOpen'>
  partsOf: PartsOf
  texts: Pick<Texts, 'rest' | 'restHere'>
  meters: Pick<Meters, 'delivered' | 'part' | 'held' | 'expired'>
  clock: Clock
  log: Log
  /** 0 ≤ x < 1, for jitter. */
  random: () => number
}

/** A pusher that is silent for so long is dead; a living one renews three times as often. */
export const PUSH_LEASE_MS = 10_000
const TRIES = 3
const FIRST_PAUSE_MS = 500
const POSTPONE_MS = 30_000
/** Past this the answer waits for the user's next word instead. */
const PUSH_FOR_MS = 10 * 60_000

/** Pushes a finished turn's answer if its door has closed, from the first part that is not confirmed. */
export const createPushAnswer = (parts: PushParts) => {
  const { deliveries, messenger, meters, clock, log } = parts

  const sendWithTries = async (openid: string, text: string): Promise<SendResult> => {
    for (let attempt = 1; ; attempt += 1) {
      const result = await messenger.sendText(openid, text)
      if (result.ok || result.next !== 'retry' || attempt === TRIES) return result
      await clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1) * (0.5 + parts.random()))
    }
  }

  const hold = async (push: Push, reason: 'told' | 'refused', why: string): Promise<void> => {
    if (await deliveries.holdPush(push, reason, clock.now())) meters.held(why)
  }

  const sendParts = async (turn: Turn, delivery: Delivery & Push, words: string[]): Promise<void> => {
    const now = clock.now()
    const history = await parts.pushes.history(turn.userId, now - PUSH_GRANTS.message.windowMs)
    const left = words.length - delivery.partsSent
    const plan = planPush(left, pushesLeft(history, now))
    // With nothing left, a worker died between the last part and the end.
    if (left > 0 && plan.send === 0) return hold(delivery, 'refused', 'allowance')
    const end = delivery.partsSent + plan.send
    for (let index = delivery.partsSent; index < end; index += 1) {
      const tail = plan.tellsOfRest && index === end - 1
      const rest = tail ? `\n\n${sayRest(parts, words.length - end, turn.id)}` : ''
      const result = await sendWithTries(turn.openid, `${words[index]}${rest}`)
      if (!result.ok) return refused(turn, delivery, result, { part: index + 1, of: words.length })
      const sentAt = clock.now()
      if (!(await deliveries.partSent(delivery, index + 1, sentAt, sentAt + PUSH_LEASE_MS))) return
      meters.part('push')
    }
    if (plan.tellsOfRest) return hold(delivery, 'told', 'allowance')
    if (await deliveries.endPush(delivery, clock.now()))
      meters.delivered('push', (clock.now() - turn.createdAt) / 1000)
  }

  const refused = async (
    turn: Turn,
    push: Delivery & Push,
    result: Refusal,
    part: { part: number; of: number },
  ): Promise<void> => {
    const now = clock.now()
    const about = { turnId: turn.id, ...part, reason: result.reason }
    if (result.next === 'unsure') {
      // Sent at once again it would come twice whenever WeChat is slow to answer.
      const isFirst = push.unsurePart !== part.part && now - turn.createdAt < PUSH_FOR_MS
      log.warn(about, isFirst ? 'a part may be out, once more later' : 'a part may be out, kept for the user')
      const retryAt = isFirst ? now + POSTPONE_MS : undefined
      if (await deliveries.partUnsure(push, part.part, retryAt, now)) if (!isFirst) meters.held('unsure')
      return
    }
    if (result.next === 'retry' && now - turn.createdAt < PUSH_FOR_MS) {
      log.warn(about, 'a part could not be pushed, trying again later')
      return deliveries.postponePush(push, now + POSTPONE_MS, now)
    }
    log.warn({ ...about, next: result.next }, 'an answer could not be pushed')
    if (result.next !== 'give-up') return hold(push, 'refused', result.reason)
    // Nothing reaches this user: what they asked costs them nothing, unless they have read a part of the answer.
    const isUnread = part.part === 1 && push.unsurePart === 0
    if (!(await deliveries.expirePush(push, isUnread, now))) return
    meters.expired()
    await parts.users.unreachable(turn.userId, now)
  }

  /** Keeps the lease while WeChat takes its time. */
  const whileRenewing = async (push: Push, work: () => Promise<void>): Promise<void> => {
    const done = new AbortController()
    const renew = async () => {
      for (;;) {
        await clock.sleep(PUSH_LEASE_MS / 3, done.signal)
        if (done.signal.aborted) return
        await deliveries
          .renewPush(push, clock.now() + PUSH_LEASE_MS)
          .catch((err) => log.warn({ err, turnId: push.turnId }, 'the lease of a push was not renewed'))
      }
    }
    const renewing = renew()
    try {
      await work()
    } finally {
      done.abort()
      await renewing
    }
  }

  return async (turn: Turn): Promise<void> => {
    const now = clock.now()
    let words = parts.partsOf(turn)
    if (words.length === 0) {
      await deliveries.endEmpty(turn.id, now)
      return
    }
    if (!messenger.mayPush()) {
      if (await deliveries.holdDue(turn.id, words, now)) meters.held('no-push')
      return
    }
    // More than a callback can carry: nobody has to wait for the door.
    if (planAtDoor(words.length, true) === 'push') await deliveries.closeDoor(turn.id, 'late', now)
    const delivery = await deliveries.startPush(turn.id, now, now + PUSH_LEASE_MS)
    if (!delivery) return
    if (delivery.parts.length > 0) words = delivery.parts
    else await deliveries.storeParts(delivery, words)
    await whileRenewing(delivery, () => sendParts(turn, delivery, words))
  }
}

type Refusal = Extract<SendResult, { ok: false }>
