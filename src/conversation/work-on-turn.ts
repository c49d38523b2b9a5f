import type { Clock } from '../base/clock.ts'
import { LEASE_MS } from './answer-turn.ts'
import { isFinished, type Turn, type Turns } from './turn.ts'

/**
 * What a worker does with a turn's id, as often as it may come: answer what nobody answers, push what is due.
 * Rejections are for the queue to try again.
 */
export const createWorkOnTurn = (parts: {
  turns: Pick<Turns, 'claim' | 'find'>
  answer: (turn: Turn) => Promise<Turn | undefined>
  push: (turn: Turn) => Promise<void>
  clock: Clock
}) => {
  return async (turnId: string): Promise<void> => {
    const now = parts.clock.now()
    const claimed = await parts.turns.claim(turnId, now, now + LEASE_MS)
    const turn = claimed ? await parts.answer(claimed) : await parts.turns.find(turnId)
    if (isFinished(turn)) await parts.push(turn)
  }
}
