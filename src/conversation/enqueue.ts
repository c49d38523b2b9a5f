import type { Log } from '../base/log.ts'
import type { Turns } from './turn.ts'
import type { TurnQueue } from './turn-queue.ts'

/** Hands a committed turn to the queue. Never rejects: what the queue does not take now, the sweep brings. */
export const createEnqueue =
  (parts: { queue: Pick<TurnQueue, 'add'>; turns: Pick<Turns, 'markQueued'>; log: Log }) =>
  async (turnId: string): Promise<void> => {
    try {
      await parts.queue.add(turnId)
      await parts.turns.markQueued(turnId)
    } catch (err) {
      parts.log.info({ err, turnId }, 'queueing failed, the sweep will do it')
    }
  }

export type Enqueue = ReturnType<typeof createEnqueue>
