import type { Users } from '../../identity/user.ts'
import type { Incoming, Outcome } from '../incoming.ts'
import { loginSceneOf } from '../login-scene.ts'
import type { Known } from '../question.ts'
import type { Rule } from '../rulebook.ts'

/** From here on it matters who speaks: whoever writes, taps or wants to log in is a user, and may be written to for a while. */
export const knownUser = (
  users: Pick<Users, 'ensure' | 'acted'>,
  rules: (incoming: Known) => Promise<Outcome>,
): Rule<Incoming> =>
  async function knownUser(incoming, next) {
    const { said } = incoming
    if (said.kind !== 'text' && said.kind !== 'menu' && loginSceneOf(said) === undefined) return next()
    const user = await users.ensure(incoming.person, incoming.receivedAt)
    if (incoming.grants) await users.acted(user.id, incoming.grants, incoming.receivedAt)
    return rules({ ...incoming, user })
  }
