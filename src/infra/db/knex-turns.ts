import type { Knex } from 'knex'
import type { Incoming } from '../../conversation/incoming.ts'
import type {
  Answered,
  Ended,
  PastTurn,
  Turn,
  TurnEnd,
  TurnEnding,
  TurnFailure,
  TurnStatus,
  Turns,
} from '../../conversation/turn.ts'
import type { PersonHash } from '../../identity/person-hash.ts'
import { beginTurn, Refused } from './begin-turn.ts'
import { closeUnanswered, markShown, refundUnshown } from './charge-turn.ts'
import { isDuplicate } from './database.ts'
import { inboundKey } from './knex-inbox.ts'
import { createKnexTurnLine, UNFINISHED } from './knex-turn-line.ts'
import { close } from './ledger-rows.ts'
import { transact } from './transact.ts'

type TurnRow = {
  id: string
  user_id: string
  openid: string
  conversation_id: string
  status: TurnStatus
  question: string
  answer: string | null
  ending: TurnEnding | null
  failure: TurnFailure | null
  refusal_code: string | null
  attempt: number
  stop_requested: boolean | number
  on_page: boolean | number
  price: number
  own_key: boolean | number
  asked_model: string | null
  charged: boolean | number
  shown_at: number | null
  created_at: number
  ended_at: number | null
}

const COLUMNS = [
  'turns.id',
  'turns.user_id',
  'users.openid',
  'turns.conversation_id',
  'turns.status',
  'turns.question',
  'turns.answer',
  'turns.ending',
  'turns.failure',
  'turns.refusal_code',
  'turns.attempt',
  'turns.stop_requested',
  'turns.on_page',
  'turns.price',
  'turns.own_key',
  'turns.asked_model',
  'turns.charged',
  'turns.shown_at',
  'turns.created_at',
  'turns.ended_at',
] as const

const NOT_BEGUN: TurnStatus[] = ['received', 'queued']

export const createKnexTurns = (knex: Knex, personHash: PersonHash): Turns => {
  const find: Turns['find'] = async (id) => {
    const row = await knex('turns')
      .join('users', 'users.id', 'turns.user_id')
      .where('turns.id', id)
      .first<TurnRow | undefined>(...COLUMNS)
    return row && toTurn(row)
  }

  return {
    find,
    ...createKnexTurnLine(knex),

    async begin(turn) {
      try {
        await transact(knex, (trx) => beginTurn(trx, turn))
        return { ok: true, id: turn.id, isNew: true }
      } catch (error) {
        if (error instanceof Refused) return error.refusal
        if (!isDuplicate(error)) throw error
      }
      const known = { user_id: turn.userId, message_key: turn.incoming.messageKey }
      const row = await knex('turns').where(known).first<{ id: string } | undefined>('id')
      if (!row) throw new Error('a turn was neither made nor found')
      return { ok: true, id: row.id, isNew: false }
    },

    async append(id, text, incoming) {
      try {
        await transact(knex, (trx) => appendToTurn(trx, id, text, incoming))
        return true
      } catch (error) {
        if (error instanceof TooLate) return false
        throw error
      }
    },

    async markQueued(id) {
      await knex('turns').where({ id, status: 'received' }).update({ status: 'queued' })
    },

    async claim(id, now, leaseUntil) {
      const taken = await knex('turns')
        .where({ id })
        .whereIn('status', UNFINISHED)
        .where('lease_until', '<=', now)
        .update({ status: 'answering', lease_until: leaseUntil, attempt: knex.raw('attempt + 1') })
      return taken > 0 ? find(id) : undefined
    },

    async renew(id, attempt, leaseUntil) {
      const held = { id, attempt, status: 'answering' }
      const renewed = await knex('turns')
        .where({ ...held, stop_requested: false })
        .update({ lease_until: leaseUntil })
      if (renewed > 0) return 'held'
      return (await knex('turns').where(held).first('id')) ? 'stop' : 'lost'
    },

    end: (id, attempt, end, now) =>
      transact(knex, async (trx) => {
        const held = { id, attempt, status: 'answering' }
        if ((await trx('turns').where(held).update(fieldsOf(end, now))) === 0) return undefined
        return closeTurn(trx, personHash, id, end, now)
      }),

    markShown: (id, now) => markShown(knex, id, now),

    async refund(id, now) {
      const cause = { reason: 'not delivered', spent: false }
      await transact(knex, (trx) => refundUnshown(trx, personHash, id, cause, now))
    },

    history(conversationId, beforeTurnId, limit) {
      return knex('turns')
        .where({ conversation_id: conversationId, status: 'answered' })
        .where('id', '<', beforeTurnId)
        .orderBy('id', 'desc')
        .limit(limit)
        .select<PastTurn[]>('question', 'answer')
    },

    unfinished(now, limit) {
      return knex('turns')
        .whereIn('status', UNFINISHED)
        .where('lease_until', '<=', now)
        .orderBy('id')
        .limit(limit)
        .pluck<string[]>('id')
    },
  }
}

/** Settles or releases what was reserved for a turn that this transaction has ended. */
const closeTurn = async (
  trx: Knex,
  personHash: PersonHash,
  id: string,
  end: TurnEnd,
  now: number,
): Promise<Ended> => {
  if (end.status === 'answered') {
    await close(trx, id, 'settle', 'answered', now)
    return { ...end, charged: true, shown: false }
  }
  if (end.ifShown && (await becomesAnswered(trx, id, end.ifShown, now)))
    return { ...end.ifShown, charged: true, shown: true }
  const cause = { reason: end.failure, spent: end.spent ?? false }
  const charged = await closeUnanswered(trx, personHash, id, cause, now)
  const row = await trx('turns').where({ id }).first<Pick<TurnRow, 'shown_at'>>('shown_at')
  return { ...end, charged, shown: row.shown_at !== null }
}

const becomesAnswered = async (trx: Knex, id: string, end: Answered, now: number): Promise<boolean> => {
  const cleared = { failure: null, refusal_code: null }
  const shown = trx('turns').where({ id }).whereNotNull('shown_at')
  if ((await shown.update({ ...fieldsOf(end, now), ...cleared })) === 0) return false
  await close(trx, id, 'settle', 'answered', now)
  return true
}

/** Ends a transaction that came too late to add to a question. */
class TooLate extends Error {}

const appendToTurn = async (trx: Knex, id: string, text: string, incoming: Incoming): Promise<void> => {
  // A message that belongs to a turn already, this one or another, was counted in there.
  const taken = await trx('inbound_messages')
    .where(inboundKey(incoming))
    .whereNull('turn_id')
    .update({ turn_id: id })
  const turn = await trx('turns').where({ id }).first<{ question: string } | undefined>('question')
  if (taken === 0 || !turn) throw new TooLate()
  // The question is part of the condition: of two who append, one is told that it is too late.
  const appended = await trx('turns')
    .where({ id, question: turn.question })
    .whereNot({ message_key: incoming.messageKey })
    .whereIn('status', NOT_BEGUN)
    .update({ question: `${turn.question}\n${text}` })
  if (appended === 0) throw new TooLate()
}

const fieldsOf = (end: TurnEnd, now: number) => ({
  status: end.status,
  ended_at: now,
  ...(end.status === 'answered'
    ? {
        ...{ ending: end.ending, answer: end.answer, channel: end.channel, model: end.model, charged: true },
        prompt_tokens: end.usage?.promptTokens ?? null,
        completion_tokens: end.usage?.completionTokens ?? null,
      }
    : { failure: end.failure, refusal_code: end.refusalCode }),
})

const toTurn = (row: TurnRow): Turn => ({
  id: row.id,
  userId: row.user_id,
  openid: row.openid,
  conversationId: row.conversation_id,
  status: row.status,
  question: row.question,
  answer: row.answer ?? undefined,
  ending: row.ending ?? undefined,
  failure: row.failure ?? undefined,
  refusalCode: row.refusal_code ?? undefined,
  attempt: row.attempt,
  stopRequested: Boolean(row.stop_requested),
  onPage: Boolean(row.on_page),
  cost: { model: row.asked_model ?? undefined, price: row.price, ownKey: Boolean(row.own_key) },
  charged: Boolean(row.charged),
  shown: row.shown_at !== null,
  createdAt: row.created_at,
  endedAt: row.ended_at ?? undefined,
})
