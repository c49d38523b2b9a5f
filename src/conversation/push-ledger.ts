import type { PushHistory } from './allowance.ts'

/** What our own traffic tells of a user's allowance for pushes. Those of answers are entered by `Deliveries.partSent`. */
export type PushLedger = {
  /** Pushes since `since` alone. */
  history(userId: string, since: number): Promise<PushHistory>
  /** Another message than an answer went out. */
  sent(userId: string, at: number): Promise<void>
  /** Forgets pushes before `before`: they count for nothing any more. */
  forget(before: number): Promise<void>
}
