import type { Clock } from '../base/clock.ts'
import type { Turn, TurnEnding, Turns } from './turn.ts'

export type FoundAnswer = {
  question: string
  /** Markdown. */
  answer: string
  ending: TurnEnding
  /** Milliseconds since the Unix epoch. */
  answeredAt: number
}

/** A whole answer for whoever has its link, shown from then on; failed and unfinished turns have none. */
export const createFindAnswer =
  ({ turns, clock }: { turns: Pick<Turns, 'find' | 'markShown'>; clock: Pick<Clock, 'now'> }) =>
  async (turnId: string): Promise<FoundAnswer | undefined> => {
    const turn: Turn | undefined = await turns.find(turnId)
    if (turn?.answer === undefined || turn.endedAt === undefined) return undefined
    if (!turn.shown && !(await turns.markShown(turnId, clock.now()))) return undefined
    const { question, answer, ending = 'whole', endedAt } = turn
    return { question, answer, ending, answeredAt: endedAt }
  }
