import type { Knex } from 'knex'
import type { Ids } from '../../base/ids.ts'
import type { ConversationSummary, Conversations } from '../../conversation/conversations.ts'
import type { PersonHash } from '../../identity/person-hash.ts'
import { markShown } from './charge-turn.ts'
import { insertConversation, startConversation } from './conversation-rows.ts'
import { giveBack } from './give-back.ts'
import { lockUser } from './ledger-rows.ts'
import { transact } from './transact.ts'
import { TURN_COLUMNS, type TurnRow, toTurnHead, toTurnRecord } from './turn-records.ts'

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

export const createKnexConversations = (
  knex: Knex,
  ids: Pick<Ids, 'next'>,
  personHash: PersonHash,
): Conversations => {
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
        const theirs = { userId, conversationId: id }
        await giveBack(trx, personHash, theirs, 'the conversation was deleted', now)
        const isCurrent = await trx('users').where({ id: userId, conversation_id: id }).first('id')
        if (isCurrent) await startConversation(trx, ids.next('cnv'), userId, now)
        // Its turns and their deliveries go with it.
        await trx('conversations').where({ id }).delete()
        return true
      }),

    async turns(userId, id, { limit, before }, now) {
      const look = () =>
        knex('turns')
          .where({ conversation_id: id, user_id: userId })
          .modify((query) => {
            if (before !== undefined) query.where('id', '<', before)
          })
          .orderBy('id', 'desc')
          .limit(limit)
          .select<TurnRow[]>(...TURN_COLUMNS)
      return (await showRows(knex, look, now)).map(toTurnRecord).toReversed()
    },

    async findTurn(userId, turnId) {
      const [row] = await oneTurn(knex, userId, turnId)
      return row && toTurnHead(row)
    },

    async readTurn(userId, turnId, now) {
      const [row] = await showRows(knex, () => oneTurn(knex, userId, turnId), now)
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

const oneTurn = (knex: Knex, userId: string, turnId: string) =>
  knex('turns')
    .where({ id: turnId, user_id: userId })
    .select<TurnRow[]>(...TURN_COLUMNS)

/**
 * The rows, whose answers the person will be shown: noted before. What is noted is shown as it was read, though it be deleted
 * in the same instant, for it is charged from there on; what is gone already is looked at again.
 */
const showRows = async (knex: Knex, look: () => Promise<TurnRow[]>, now: number): Promise<TurnRow[]> => {
  const rows = await look()
  const noted: TurnRow[] = []
  const gone = new Set<string>()
  for (const row of rows) {
    const isNew = row.answer !== null && row.shown_at === null
    if (isNew && !(await markShown(knex, row.id, now))) gone.add(row.id)
    noted.push(isNew ? { ...row, shown_at: now } : row)
  }
  if (gone.size === 0) return noted
  const left = new Map((await look()).map((row) => [row.id, row]))
  return noted.flatMap((row) => (gone.has(row.id) ? (left.get(row.id) ?? []) : row))
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
