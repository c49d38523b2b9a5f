import type { Ids } from '../base/ids.ts'
import type { User, Users } from '../identity/user.ts'
import type { Deliveries } from './delivery.ts'
import type { Incoming, Outcome } from './incoming.ts'
import type { Texts } from './texts.ts'
import type { Turns, WaitingTurn } from './turn.ts'
import type { TurnQueue } from './turn-queue.ts'

export type AskParts = {
  users: Pick<Users, 'ensure' | 'acted'>
  turns: Pick<Turns, 'begin' | 'append' | 'unfinishedOf'>
  deliveries: Pick<Deliveries, 'release'>
  queue: Pick<TurnQueue, 'add'>
  ids: Ids
  texts: Pick<Texts, 'tooManyWaiting'>
  /** Short texts that follow each other within this time, before answering began, are one question. 0: never. */
  mergeWithinMs: () => number
}

/** One is being answered, these may wait. */
const MAX_WAITING = 3
const SHORT_CHARS = 200

/**
 * Makes a question a turn, committed before the door answers. With `again`, the user whose earlier question this is, it
 * stays a question of its own.
 */
export const createAsk = (parts: AskParts) => {
  const mergeInto = async (waiting: WaitingTurn[], text: string, incoming: Incoming): Promise<boolean> => {
    const last = waiting.at(-1)
    if (!last || last.status === 'answering' || text.length > SHORT_CHARS) return false
    if (last.question.length > SHORT_CHARS) return false
    if (incoming.receivedAt - last.createdAt > parts.mergeWithinMs()) return false
    return parts.turns.append(last.id, text, incoming)
  }

  return async (incoming: Incoming, text: string, again?: User): Promise<Outcome> => {
    const user = again ?? (await parts.users.ensure(incoming.person, incoming.receivedAt))
    if (incoming.grants) await parts.users.acted(user.id, incoming.grants, incoming.receivedAt)
    const waiting = await parts.turns.unfinishedOf(user.id)
    // The callback of the question it was added to carries the answer.
    if (!again && parts.mergeWithinMs() > 0 && (await mergeInto(waiting, text, incoming)))
      return { kind: 'nothing' }
    if (waiting.length > MAX_WAITING)
      return { kind: 'say', text: parts.texts.tooManyWaiting(waiting.length, '') }
    // What WeChat would not take before can be sent now, and comes before the new answer.
    for (const id of await parts.deliveries.release(user.id, incoming.receivedAt)) await parts.queue.add(id)
    const turn = await parts.turns.begin({
      id: parts.ids.next('trn'),
      userId: user.id,
      conversationId: user.conversationId,
      question: text,
      incoming,
    })
    return { kind: 'question', turnId: turn.id }
  }
}

export type Ask = ReturnType<typeof createAsk>
