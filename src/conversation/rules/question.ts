import type { Ids } from '../../base/ids.ts'
import type { Users } from '../../identity/user.ts'
import type { Rule } from '../rulebook.ts'
import type { Turns } from '../turn.ts'

/** Whatever no other rule took and is text becomes a turn, committed before the door answers. */
export const question = (deps: {
  users: Pick<Users, 'ensure'>
  turns: Pick<Turns, 'begin'>
  ids: Ids
}): Rule =>
  async function question({ said, person, messageKey, receivedAt, doorClosesAt }, next) {
    if (said.kind !== 'text') return next()
    const user = await deps.users.ensure(person, receivedAt)
    const turn = await deps.turns.begin({
      id: deps.ids.next('trn'),
      userId: user.id,
      conversationId: user.conversationId,
      messageKey,
      question: said.text,
      createdAt: receivedAt,
      doorClosesAt,
    })
    return { kind: 'question', turnId: turn.id }
  }
