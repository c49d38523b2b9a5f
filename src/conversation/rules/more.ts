import type { Users } from '../../identity/user.ts'
import { isCommand } from '../command-words.ts'
import type { Deliveries } from '../delivery.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

/** 继续: the next part of an answer the user has not seen all of; waits for one that is still being written. */
export const more = (parts: {
  users: Pick<Users, 'find' | 'acted'>
  deliveries: Pick<Deliveries, 'nextHeld'>
  texts: Pick<Texts, 'nothingHeld'>
}): Rule =>
  async function more(incoming, next) {
    if (!isCommand(incoming.said, ['继续', '繼續', 'more'], 'MORE')) return next()
    const user = await parts.users.find(incoming.person)
    if (user && incoming.grants) await parts.users.acted(user.id, incoming.grants, incoming.receivedAt)
    const turnId = user && (await parts.deliveries.nextHeld(user.id))
    return turnId ? { kind: 'more', turnId } : { kind: 'say', text: parts.texts.nothingHeld }
  }
