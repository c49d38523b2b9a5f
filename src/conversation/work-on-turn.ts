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
  turns: Pick<Turns, 'claim' | 'find' | 'frontOfLine' | 'frontOfPage'>
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

  /** The next in WeChat's line and the next in the page's, which need not wait for what is on its way to WeChat. */
  const wakeNext = async ({ id, userId }: Turn): Promise<void> => {
    const next = new Set([await turns.frontOfLine(userId), await turns.frontOfPage(userId)])
    for (const each of next) if (each !== undefined && each > id) await parts.queue.add(each)
  }

  return async (turnId: string): Promise<void> => {
    const turn = await turns.find(turnId)
    if (!turn) return
    const front = turn.onPage ? await turns.frontOfPage(turn.userId) : await turns.frontOfLine(turn.userId)
    // Somebody's earlier question comes first; whoever works on that one comes back for this.
    if (front !== undefined && front < turnId) return
    const ended = turn.answer === undefined && turn.failure === undefined ? await answered(turn) : turn
    if (isFinished(ended) && !ended.onPage) await parts.push(ended)
    await wakeNext(turn)
  }
}
