import type { PersonHash } from '../../identity/person-hash.ts'
import type { GiveFreeCalls } from '../../quota/free-calls.ts'
import type { Question } from '../question.ts'
import type { Rule } from '../rulebook.ts'

/**
 * Gives what is due for nothing before the question is charged. Whether the calls suffice is decided where the turn is
 * committed, in one transaction: a look before that would decide nothing.
 */
export const quota = (parts: { giveFreeCalls: GiveFreeCalls; personHash: PersonHash }): Rule<Question> =>
  async function quota(question, next) {
    const { user, person, cost, receivedAt } = question
    if (cost && cost.price > 0)
      await parts.giveFreeCalls(user.id, parts.personHash.candidates(person), receivedAt)
    return next()
  }
