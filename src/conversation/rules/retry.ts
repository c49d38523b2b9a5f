import { isCommand } from '../command-words.ts'
import { COMMANDS } from '../commands.ts'
import type { Outcome } from '../incoming.ts'
import type { Known, Question } from '../question.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'
import type { Turns } from '../turn.ts'

/** 重答: asks the last question again, past the same guards. */
export const retry = (parts: {
  turns: Pick<Turns, 'lastQuestion'>
  guarded: (question: Question) => Promise<Outcome>
  texts: Pick<Texts, 'nothingToRetry'>
}): Rule<Known> =>
  async function retry(incoming, next) {
    if (!isCommand(incoming.said, COMMANDS.retry)) return next()
    const text = await parts.turns.lastQuestion(incoming.user.id, incoming.user.conversationId)
    if (text === undefined) return { kind: 'say', text: parts.texts.nothingToRetry }
    return parts.guarded({ ...incoming, text, again: true })
  }
