import type { PushHistory } from './allowance.ts'

/** What our own traffic tells of a user's allowance for pushes. Pushes are entered by `Deliveries.partSent`. */
export type PushLedger = {
  /** Pushes since `since` alone. */
  history(userId: string, since: number): Promise<PushHistory>
  /** Forgets pushes before `before`: they count for nothing any more. */
  forget(before: number): Promise<void>
}
