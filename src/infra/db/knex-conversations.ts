import type { Knex } from 'knex'
import type { Ids } from '../../base/ids.ts'
import type { ConversationSummary, Conversations } from '../../conversation/conversations.ts'
import { insertConversation, startConversation } from './conversation-rows.ts'
import { giveBack } from './give-back.ts'
import { lockUser } from './ledger-rows.ts'
import { transact } from './transact.ts'
import { TURN_COLUMNS, type TurnRow, toTurnRecord } from './turn-records.ts'

type ConversationRow = {
  id: string
  title: string | null
  first_words: string | null
  turns: number | string
  created_at: number
  updated_at: number
}

/** Of the first question, as long as nobody has given the conversation a name. */
const TITLE_CHARS = 40

export const createKnexConversations = (knex: Knex, ids: Pick<Ids, 'next'>): Conversations => {
  const ofUser = (userId: string) => {
    const inIt = 'from turns where turns.conversation_id = conversations.id'
    return knex('conversations')
      .where({ user_id: userId })
      .select<ConversationRow[]>(
        ...['id', 'title', 'created_at', 'updated_at'],
        knex.raw(`(select count(*) ${inIt}) as turns`),
        knex.raw(`(select substr(question, 1, ?) ${inIt} order by turns.id limit 1) as first_words`, [
          TITLE_CHARS,
        ]),
      )
  }

  return {
    async list(userId, { limit, after }) {
      const rows = await ofUser(userId)
        .modify((query) => {
          if (!after) return
          const { updatedAt, id } = after
          query.where((older) =>
            older
              .where('updated_at', '<', updatedAt)
              .orWhere((same) => same.where({ updated_at: updatedAt }).where('id', '<', id)),
          )
        })
        .orderBy([
          { column: 'updated_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(limit)
      return rows.map(toSummary)
    },

    async find(userId, id) {
      const [row] = await ofUser(userId).where({ id })
      return row && toSummary(row)
    },

    async create(userId, now) {
      const id = ids.next('cnv')
      await insertConversation(knex, id, userId, now)
      return { id, title: undefined, turns: 0, createdAt: now, updatedAt: now }
    },

    async rename(userId, id, title) {
      return (await knex('conversations').where({ id, user_id: userId }).update({ title })) > 0
    },

    remove: (userId, id, now) =>
      transact(knex, async (trx) => {
        // Nothing can be asked in it meanwhile.
        await lockUser(trx, userId)
        if (!(await trx('conversations').where({ id, user_id: userId }).first('id'))) return false
        await giveBack(trx, { userId, conversationId: id }, 'the conversation was deleted', now)
        const isCurrent = await trx('users').where({ id: userId, conversation_id: id }).first('id')
        if (isCurrent) await startConversation(trx, ids.next('cnv'), userId, now)
        // Its turns and their deliveries go with it.
        await trx('conversations').where({ id }).delete()
        return true
      }),

    async turns(userId, id, { limit, before }) {
      const rows = await knex('turns')
        .where({ conversation_id: id, user_id: userId })
        .modify((query) => {
          if (before !== undefined) query.where('id', '<', before)
        })
        .orderBy('id', 'desc')
        .limit(limit)
        .select<TurnRow[]>(...TURN_COLUMNS)
      return rows.map(toTurnRecord).toReversed()
    },

    async findTurn(userId, turnId) {
      const row = await knex('turns')
        .where({ id: turnId, user_id: userId })
        .first<TurnRow | undefined>(...TURN_COLUMNS)
      return row && toTurnRecord(row)
    },

    async turnOf(userId, messageKey) {
      const row = await knex('turns')
        .where({ user_id: userId, message_key: messageKey })
        .first<{ id: string; conversation_id: string } | undefined>('id', 'conversation_id')
      return row && { id: row.id, conversationId: row.conversation_id }
    },
  }
}

const toSummary = (row: ConversationRow): ConversationSummary => ({
  id: row.id,
  title: row.title ?? titleOf(row.first_words),
  turns: Number(row.turns),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

const titleOf = (firstWords: string | null): string | undefined =>
  firstWords?.replace(/\s+/g, ' ').trim() || undefined
