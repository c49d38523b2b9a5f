import type { Knex } from 'knex'
import type { Begun, NewTurn } from '../../conversation/turn.ts'
import { inboundKey } from './knex-inbox.ts'
import { UNFINISHED } from './knex-turn-line.ts'
import { lockUser, reserve } from './ledger-rows.ts'

/** Ends a transaction whose question is not taken. */
export class Refused extends Error {
  readonly refusal: Exclude<Begun, { ok: true }>
  constructor(refusal: Exclude<Begun, { ok: true }>) {
    super(refusal.reason)
    this.refusal = refusal
  }
}

/**
 * The user's row is locked first: of several questions at once one goes first, so that what waits and what is left are
 * counted exactly.
 */
export const beginTurn = async (trx: Knex, turn: NewTurn): Promise<void> => {
  const { id, userId, conversationId, question, incoming, cost, maxWaiting } = turn
  const { messageKey, receivedAt: now } = incoming
  if (!(await lockUser(trx, userId))) throw new Refused({ ok: false, reason: 'gone' })
  const touched = await trx('conversations')
    .where({ id: conversationId, user_id: userId })
    .update({ updated_at: now })
  if (touched === 0) throw new Refused({ ok: false, reason: 'no-conversation' })
  await trx('turns').insert({
    ...{ id, question, user_id: userId, conversation_id: conversationId, message_key: messageKey },
    ...{ price: cost.price, own_key: cost.ownKey, asked_model: cost.model ?? null },
    ...{ status: 'received', on_page: incoming.onPage ?? false, created_at: now },
  })
  const others = await trx('turns')
    .where({ user_id: userId })
    .whereIn('status', UNFINISHED)
    .whereNot({ id })
    .count<{ count: number }[]>({ count: '*' })
  const waiting = Number(others[0]?.count ?? 0)
  if (waiting > maxWaiting) throw new Refused({ ok: false, reason: 'too-many-waiting', waiting })
  const reserved = await reserve(trx, { turnId: id, userId, calls: cost.price, now })
  if (!reserved.ok) throw new Refused({ ok: false, reason: 'no-calls', left: reserved.left })
  await trx('deliveries').insert({
    ...{ turn_id: id, user_id: userId, updated_at: now },
    ...(incoming.onPage
      ? { status: 'replied', due_at: 0 }
      : { status: 'pending', due_at: incoming.doorClosesAt }),
  })
  await trx('inbound_messages').where(inboundKey(incoming)).update({ turn_id: id })
}
