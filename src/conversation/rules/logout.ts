import type { LoginCodes } from '../../identity/login-codes.ts'
import type { Sessions } from '../../identity/sessions.ts'
import { isCommand } from '../command-words.ts'
import { COMMANDS } from '../commands.ts'
import type { Known } from '../question.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

/** 退出登录: ends every login on the page, and a code that is not used yet is void. */
export const logout = (parts: {
  sessions: Pick<Sessions, 'revokeAll'>
  codes: Pick<LoginCodes, 'forget'>
  texts: Pick<Texts, 'loggedOut' | 'nowhereLoggedIn'>
}): Rule<Known> =>
  async function logout({ said, user }, next) {
    if (!isCommand(said, COMMANDS.logout)) return next()
    await parts.codes.forget(user.id)
    const ended = await parts.sessions.revokeAll(user.id)
    return { kind: 'say', text: ended > 0 ? parts.texts.loggedOut(ended) : parts.texts.nowhereLoggedIn }
  }
