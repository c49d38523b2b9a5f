import type { Incoming } from './incoming.ts'

/**
 * How an answer reaches its reader, apart from how it came to be.
 * pending: a callback still waits and may carry it · late: the door has closed, it has to be pushed · pushing: a worker
 * is sending parts · held: kept for the user's next word · replied: callbacks carried all of it · delivered: the last
 * part was pushed · expired: it can no longer be delivered, or nobody asked for it in time.
 */
export type DeliveryStatus = 'pending' | 'late' | 'replied' | 'pushing' | 'delivered' | 'held' | 'expired'

/**
 * told: the user knows that 「继续」 gives the rest · refused: WeChat did not take it, the user has not been told ·
 * waiting: an account that may not push, the user may ask.
 */
export type HoldReason = 'told' | 'refused' | 'waiting'

export type Delivery = {
  turnId: string
  status: DeliveryStatus
  /** The words as the reader gets them; stored before the first is sent. */
  parts: string[]
  partsSent: number
  /** The part, from 1, that was sent without a word of what became of it; 0: none. */
  unsurePart: number
}

/** A delivery in a pusher's hands; `attempt` fences off an earlier one whose lease ran out. */
export type Push = { turnId: string; attempt: number }

/** Every change is conditional on the status before it: of two who want to deliver, one is told false. */
export type Deliveries = {
  find(turnId: string): Promise<Delivery | undefined>
  /**
   * A callback carries part number `index` (from 0) as `text`, and its message remembers it, both or neither. Wins while
   * nobody pushes and the part has not been handed over.
   */
  handOver(
    turnId: string,
    index: number,
    parts: string[],
    text: string,
    to: Incoming,
    now: number,
  ): Promise<boolean>
  /** The callback that carried the last part has left. */
  confirmReply(turnId: string): Promise<void>
  /** Replies not confirmed in time, because their process died, are late again; says how many. */
  takeBackReplies(now: number): Promise<number>
  /** The callback leaves without an answer: from pending to late, or to held where nothing can be pushed. */
  closeDoor(turnId: string, to: 'late' | 'held', now: number): Promise<boolean>
  /**
   * Takes the delivery for pushing until `leaseUntil`: a late one, one whose door must have closed by now, or one
   * whose pusher died.
   */
  startPush(turnId: string, now: number, leaseUntil: number): Promise<(Delivery & Push) | undefined>
  /** Keeps the parts before the first is sent, so that whoever resumes sends the very same ones. */
  storeParts(push: Push, parts: string[]): Promise<void>
  /** Still at it. False when another pusher has taken over. */
  renewPush(push: Push, leaseUntil: number): Promise<boolean>
  /** Part number `sent` is out, and counts against the user's allowance. False when another pusher has taken over. */
  partSent(push: Push, sent: number, now: number, leaseUntil: number): Promise<boolean>
  /**
   * Part number `part` is perhaps out, and counts against the user's allowance. Gives the push back, to be taken again from
   * `retryAt`; without that the part is kept for the user's next word.
   */
  partUnsure(push: Push, part: number, retryAt: number | undefined, now: number): Promise<boolean>
  /** Gives the push back, to be taken again from `retryAt`, at the first part not confirmed. */
  postponePush(push: Push, retryAt: number, now: number): Promise<void>
  endPush(push: Push, now: number): Promise<boolean>
  /** It can no longer be delivered; with `refund` its charge is taken back in the same step. */
  expirePush(push: Push, refund: boolean, now: number): Promise<boolean>
  holdPush(push: Push, reason: HoldReason, now: number): Promise<boolean>
  /**
   * Keeps for the user's next word what `startPush` would take, in one step: it is never in a worker's hands, so that a
   * callback that comes for it meanwhile gets it.
   */
  holdDue(turnId: string, parts: string[], now: number): Promise<boolean>
  /** There is nothing to deliver: neither a callback nor the user's next word finds it any more. */
  endEmpty(turnId: string, now: number): Promise<boolean>
  /** What WeChat refused may be pushed again, now that the user has written. Ids of what was released. */
  release(userId: string, now: number): Promise<string[]>
  /** The turn whose next part `继续` means: the oldest that the user has seen nothing of, else the newest with a rest. */
  nextHeld(userId: string): Promise<string | undefined>
  /** How many parts of the user's other answers are held without their knowing. An unwritten answer counts as one. */
  untoldParts(userId: string, exceptTurnId: string): Promise<number>
  /** Ids of finished turns whose delivery nobody works on. */
  due(now: number, limit: number): Promise<string[]>
  /** Held answers nobody asked for until `before` expire; says how many. */
  expireHeld(before: number, now: number): Promise<number>
}
