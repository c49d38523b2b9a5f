import type { Users } from '../../identity/user.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

/** Greets who follows, notes who leaves. After leaving nothing can be said. */
export const follow = (users: Pick<Users, 'followed' | 'unfollowed'>, texts: Texts): Rule =>
  async function follow({ said, person, receivedAt }, next) {
    if (said.kind === 'followed') {
      await users.followed(person, receivedAt)
      return { kind: 'say', text: texts.greeting }
    }
    if (said.kind === 'unfollowed') {
      await users.unfollowed(person, receivedAt)
      return { kind: 'nothing' }
    }
    return next()
  }
