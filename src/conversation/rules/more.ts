import { isCommand } from '../command-words.ts'
import { COMMANDS } from '../commands.ts'
import type { Deliveries } from '../delivery.ts'
import type { Outcome } from '../incoming.ts'
import type { Known, Question } from '../question.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'
import type { Turns } from '../turn.ts'

/**
 * 继续: the next part of an answer the user has not seen all of; waits for one that is still being written. With all of it
 * seen, and the answer not whole, the model is asked to go on, past the guards that each question meets.
 */
export const more = (parts: {
  deliveries: Pick<Deliveries, 'nextHeld'>
  turns: Pick<Turns, 'lastEnding'>
  guarded: (question: Question) => Promise<Outcome>
  texts: Pick<Texts, 'nothingHeld' | 'goOn'>
}): Rule<Known> =>
  async function more(incoming, next) {
    const { said, user } = incoming
    if (!isCommand(said, COMMANDS.more)) return next()
    const turnId = await parts.deliveries.nextHeld(user.id)
    if (turnId) return { kind: 'more', turnId }
    const ending = await parts.turns.lastEnding(user.id, user.conversationId)
    if (ending === undefined || ending === 'whole') return { kind: 'say', text: parts.texts.nothingHeld }
    return parts.guarded({ ...incoming, text: parts.texts.goOn })
  }
