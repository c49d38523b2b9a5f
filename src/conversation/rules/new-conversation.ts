import type { Users } from '../../identity/user.ts'
import { isCommand } from '../command-words.ts'
import { COMMANDS } from '../commands.ts'
import type { Known } from '../question.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

/** 新对话: what was said before no longer goes to the model. */
export const newConversation = (parts: {
  users: Pick<Users, 'newConversation'>
  texts: Pick<Texts, 'newConversation'>
}): Rule<Known> =>
  async function newConversation({ said, user, receivedAt }, next) {
    if (!isCommand(said, COMMANDS.newConversation)) return next()
    await parts.users.newConversation(user.id, receivedAt)
    return { kind: 'say', text: parts.texts.newConversation }
  }
