import type { Question } from '../question.ts'
import type { Rule } from '../rulebook.ts'

/** Whom the operator trusts passes the limits of rate and words. */
export const allowlisted = (isAllowed: (userId: string, openid: string) => boolean): Rule<Question> =>
  async function allowlisted(question, next) {
    return isAllowed(question.user.id, question.person.openid) ? next({ ...question, exempt: true }) : next()
  }
