import type { Knex } from 'knex'
import type { PastTurn, Turn, TurnFailure, TurnStatus, Turns } from '../../conversation/turn.ts'
import { isDuplicate } from './database.ts'

type TurnRow = {
  id: string
  user_id: string
  openid: string
  conversation_id: string
  status: TurnStatus
  question: string
  answer: string | null
  failure: TurnFailure | null
  refusal_code: string | null
  attempt: number
  created_at: number
}

const COLUMNS = [
  'turns.id',
  'turns.user_id',
  'users.openid',
  'turns.conversation_id',
  'turns.status',
  'turns.question',
  'turns.answer',
  'turns.failure',
  'turns.refusal_code',
  'turns.attempt',
  'turns.created_at',
] as const

const UNFINISHED: TurnStatus[] = ['received', 'answering']

export const createKnexTurns = (knex: Knex): Turns => {
  const find: Turns['find'] = async (id) => {
    const row = await knex('turns')
      .join('users', 'users.id', 'turns.user_id')
      .where('turns.id', id)
      .first<TurnRow | undefined>(...COLUMNS)
    return row && toTurn(row)
  }

  return {
    find,

    async begin(turn) {
      try {
        await knex.transaction(async (trx) => {
          await trx('turns').insert({
            id: turn.id,
            user_id: turn.userId,
            conversation_id: turn.conversationId,
            message_key: turn.messageKey,
            status: 'received',
            question: turn.question,
            created_at: turn.createdAt,
          })
          await trx('deliveries').insert({
            turn_id: turn.id,
            status: 'pending',
            due_at: turn.doorClosesAt,
            updated_at: turn.createdAt,
          })
        })
        return { id: turn.id, isNew: true }
      } catch (error) {
        if (!isDuplicate(error)) throw error
      }
      const known = { user_id: turn.userId, message_key: turn.messageKey }
      const row = await knex('turns').where(known).first<{ id: string } | undefined>('id')
      if (!row) throw new Error('a turn was neither made nor found')
      return { id: row.id, isNew: false }
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
      return (await knex('turns').where(held).update({ lease_until: leaseUntil })) > 0
    },

    async end(id, attempt, end, now) {
      const fields =
        end.status === 'answered'
          ? {
              answer: end.answer,
              channel: end.channel,
              model: end.model,
              prompt_tokens: end.usage?.promptTokens ?? null,
              completion_tokens: end.usage?.completionTokens ?? null,
            }
          : { failure: end.failure, refusal_code: end.refusalCode }
      const held = { id, attempt, status: 'answering' }
      return (
        (await knex('turns')
          .where(held)
          .update({ ...fields, status: end.status, ended_at: now })) > 0
      )
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

const toTurn = (row: TurnRow): Turn => ({
  id: row.id,
  userId: row.user_id,
  openid: row.openid,
  conversationId: row.conversation_id,
  status: row.status,
  question: row.question,
  answer: row.answer ?? undefined,
  failure: row.failure ?? undefined,
  refusalCode: row.refusal_code ?? undefined,
  attempt: row.attempt,
  createdAt: row.created_at,
})
