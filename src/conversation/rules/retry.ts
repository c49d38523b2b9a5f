import type { Users } from '../../identity/user.ts'
import type { Ask } from '../ask.ts'
import { isCommand } from '../command-words.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'
import type { Turns } from '../turn.ts'

/** 重答: asks the last question again. */
export const retry = (parts: {
  users: Pick<Users, 'find'>
  turns: Pick<Turns, 'lastQuestion'>
  ask: Ask
  texts: Pick<Texts, 'nothingToRetry'>
}): Rule =>
  async function retry(incoming, next) {
    if (!isCommand(incoming.said, ['重答', 'retry'], 'RETRY')) return next()
    const user = await parts.users.find(incoming.person)
    const question = user && (await parts.turns.lastQuestion(user.id))
    return question ? parts.ask(incoming, question, user) : { kind: 'say', text: parts.texts.nothingToRetry }
  }
