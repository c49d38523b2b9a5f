import type { Clock } from '../base/clock.ts'
import { LEASE_MS } from './answer-turn.ts'
import { isFinished, type Turn, type Turns } from './turn.ts'
import type { TurnQueue } from './turn-queue.ts'

/**
 * What a worker does with a turn's id, as often as it may come: answer what nobody answers, push what is due, and then
 * see to the user's next question, which waits until the answer before it is on its way. Rejections are for the queue
 * to try again.
 */
export const createWorkOnTurn = (parts: {
  turns: Pick<Turns, 'claim' | 'find' | 'frontOfLine'>
  answer: (turn: Turn) => Promise<Turn | undefined>
  push: (turn: Turn) => Promise<void>
  queue: Pick<TurnQueue, 'add'>
  clock: Clock
}) => {
  const { turns } = parts

  const answered = async (turn: Turn): Promise<Turn | undefined> => {
    const now = parts.clock.now()
    const claimed = await turns.claim(turn.id, now, now + LEASE_MS)
    return claimed ? parts.answer(claimed) : turns.find(turn.id)
  }

  return async (turnId: string): Promise<void> => {
    const turn = await turns.find(turnId)
    if (!turn) return
    const front = await turns.frontOfLine(turn.userId)
    // Somebody's earlier question comes first; whoever works on that one comes back for this.
    if (front !== undefined && front < turnId) return
    const ended = turn.answer === undefined && turn.failure === undefined ? await answered(turn) : turn
    if (isFinished(ended)) await parts.push(ended)
    const next = await turns.frontOfLine(turn.userId)
    if (next !== undefined && next > turnId) await parts.queue.add(next)
  }
}
