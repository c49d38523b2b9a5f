import type { Erase } from '../../identity/erasure.ts'
import type { Users } from '../../identity/user.ts'
import type { Incoming } from '../incoming.ts'
import { loginSceneOf } from '../login-scene.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

/**
 * Greets who follows, unless it was to log in: another rule greets those. Who leaves is forgotten at once, as the platform
 * asks; nothing can be said to them.
 * https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html
 */
export const follow = (parts: {
  users: Pick<Users, 'followed' | 'find'>
  erase: Erase
  texts: Pick<Texts, 'greeting'>
}): Rule<Incoming> =>
  async function follow({ said, person, receivedAt }, next) {
    if (said.kind === 'followed') {
      await parts.users.followed(person, receivedAt)
      if (loginSceneOf(said) !== undefined) return next()
      return { kind: 'say', text: parts.texts.greeting }
    }
    if (said.kind === 'unfollowed') {
      const user = await parts.users.find(person)
      // Also without a user: they may have written, and this very event must not erase who they become later.
      await parts.erase({ id: user?.id, account: person.account, openid: person.openid }, 'left', receivedAt)
      return { kind: 'nothing' }
    }
    return next()
  }
