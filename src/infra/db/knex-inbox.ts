import type { Knex } from 'knex'
import type { Inbox } from '../../conversation/inbox.ts'
import type { Incoming } from '../../conversation/incoming.ts'
import type { PersonHash } from '../../identity/person-hash.ts'
import { isDuplicate } from './database.ts'

type MessageRow = {
  attempts: number
  received_at: number
  turn_id: string | null
  reply: string | null
  kept_data: number | boolean
}

export const inboundKey = ({ person, messageKey }: Incoming) => ({
  account: person.account,
  openid: person.openid,
  message_key: messageKey,
})

export const createKnexInbox = (knex: Knex, personHash: PersonHash): Inbox => ({
  async open(incoming) {
    const key = inboundKey(incoming)
    const isNew = await insertOnce(knex, { ...key, received_at: incoming.receivedAt })
    // Looked for after the insert: an erasure at the same time has either met the row, or left its hash before.
    const spent = await knex('spent_messages')
      .whereIn('message_hash', personHash.candidates(incoming.person, incoming.messageKey))
      .first('spent_at')
    if (spent) {
      await knex('inbound_messages').where(key).delete()
      return { isSpent: true }
    }
    if (isNew) return { isNew: true, attempt: 1 }
    await knex('inbound_messages').where(key).increment('attempts', 1)
    const row = await knex('inbound_messages')
      .where(key)
      .first<MessageRow | undefined>('attempts', 'received_at', 'turn_id', 'reply', 'kept_data')
    // Gone within these few lines, with the person or with its age.
    if (!row) return { isSpent: true }
    return {
      isNew: false,
      attempt: row.attempts,
      firstAt: row.received_at,
      turnId: row.turn_id ?? undefined,
      reply: row.reply ?? undefined,
      hasKeptData: Boolean(row.kept_data),
    }
  },

  async replyTo(incoming) {
    const row = await knex('inbound_messages')
      .where(inboundKey(incoming))
      .first<Pick<MessageRow, 'reply'> | undefined>('reply')
    return row?.reply ?? undefined
  },

  async forget(before, limit) {
    const old = await knex('inbound_messages')
      .where('received_at', '<', before)
      .orderBy('received_at')
      .limit(limit)
      .select<{ account: string; openid: string; message_key: string }[]>('account', 'openid', 'message_key')
    for (const key of old) await knex('inbound_messages').where(key).delete()
  },

  async forgetSpent(before) {
    await knex('spent_messages').where('spent_at', '<', before).delete()
  },
})

/** False when the row was there already. */
const insertOnce = async (knex: Knex, row: object): Promise<boolean> => {
  try {
    await knex('inbound_messages').insert(row)
    return true
  } catch (error) {
    if (isDuplicate(error)) return false
    throw error
  }
}
