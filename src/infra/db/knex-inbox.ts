import type { Knex } from 'knex'
import type { Inbox } from '../../conversation/inbox.ts'
import type { Incoming } from '../../conversation/incoming.ts'
import { isDuplicate } from './database.ts'

type MessageRow = { attempts: number; turn_id: string | null; reply: string | null }

export const inboundKey = ({ person, messageKey }: Incoming) => ({
  account: person.account,
  openid: person.openid,
  message_key: messageKey,
})

export const createKnexInbox = (knex: Knex): Inbox => ({
  async open(incoming) {
    const key = inboundKey(incoming)
    try {
      await knex('inbound_messages').insert({ ...key, received_at: incoming.receivedAt })
      return { isNew: true, attempt: 1 }
    } catch (error) {
      if (!isDuplicate(error)) throw error
    }
    await knex('inbound_messages').where(key).increment('attempts', 1)
    const row = await knex('inbound_messages')
      .where(key)
      .first<MessageRow | undefined>('attempts', 'turn_id', 'reply')
    return {
      isNew: false,
      attempt: row?.attempts ?? 2,
      turnId: row?.turn_id ?? undefined,
      reply: row?.reply ?? undefined,
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
})
