import type { Outcome } from '../incoming.ts'
import type { Known, Question } from '../question.ts'
import type { Rule } from '../rulebook.ts'

/** Whatever no command took and is text goes through the guards, and becomes a turn. */
export const asQuestion = (guarded: (question: Question) => Promise<Outcome>): Rule<Known> =>
  async function asQuestion(incoming, next) {
    const { said } = incoming
    return said.kind === 'text' ? guarded({ ...incoming, text: said.text }) : next()
  }
