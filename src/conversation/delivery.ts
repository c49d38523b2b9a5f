/**
 * How an answer reaches its reader, apart from how it came to be.
 * pending: a callback still waits and may carry it · late: the door has closed, it has to be pushed · replied: a
 * callback carried it · pushing: a worker is sending parts · delivered: the last part is out · held: kept for the
 * user's next word · expired: it can no longer be delivered.
 */
export type DeliveryStatus = 'pending' | 'late' | 'replied' | 'pushing' | 'delivered' | 'held' | 'expired'

export type Delivery = {
  turnId: string
  status: DeliveryStatus
  /** The words as the reader gets them; stored before the first is sent. */
  parts: string[]
  partsSent: number
}

/** Every change is conditional on the status before it: of two who want to deliver, one is told false. */
export type Deliveries = {
  find(turnId: string): Promise<Delivery | undefined>
  /** The callback carries the first part; any others are held. Wins while nobody has begun to push. */
  reply(turnId: string, parts: string[], now: number): Promise<boolean>
  /** The callback leaves without an answer. False when it is somebody else's business already. */
  closeDoor(turnId: string, now: number): Promise<boolean>
  /**
   * Takes the delivery for pushing until `leaseUntil`: a late one, one whose door must have closed by now, or one
   * whose pusher died.
   */
  startPush(turnId: string, now: number, leaseUntil: number): Promise<Delivery | undefined>
  /** Keeps the parts before the first is sent, so that whoever resumes sends the very same ones. */
  storeParts(turnId: string, parts: string[]): Promise<void>
  /** Part number `sent` is out. False when another pusher has taken over. */
  partSent(turnId: string, sent: number, now: number, leaseUntil: number): Promise<boolean>
  /** Gives the push back, to be taken again from `retryAt`, at the first part not confirmed. */
  postponePush(turnId: string, retryAt: number, now: number): Promise<void>
  endPush(turnId: string, status: 'delivered' | 'held' | 'expired', now: number): Promise<boolean>
  /** Ids of finished turns whose delivery nobody works on. */
  due(now: number, limit: number): Promise<string[]>
}
