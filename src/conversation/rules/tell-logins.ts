import type { LoginNotices } from '../login-notices.ts'
import type { Known } from '../question.ts'
import type { Rule } from '../rulebook.ts'

/** What is said at once says as well who has logged in meanwhile; an answer does so where it is handed over. */
export const tellLogins = (parts: { loginNotices: Pick<LoginNotices, 'after'> }): Rule<Known> =>
  async function tellLogins({ user }, next) {
    const outcome = await next()
    if (outcome.kind !== 'say') return outcome
    const { text, told } = await parts.loginNotices.after(outcome.text, user.id)
    await told()
    return { ...outcome, text }
  }
