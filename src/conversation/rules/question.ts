import type { Ask } from '../ask.ts'
import type { Question } from '../question.ts'
import type { Rule } from '../rulebook.ts'

/** What came past all guards becomes a turn. */
export const question = (ask: Ask): Rule<Question> =>
  async function question(asked) {
    return ask(asked)
  }
