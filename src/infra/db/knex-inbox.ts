import type { Knex } from 'knex'
import type { Inbox } from '../../conversation/inbox.ts'
import type { Incoming } from '../../conversation/incoming.ts'
import { isDuplicate } from './database.ts'

export const createKnexInbox = (knex: Knex): Inbox => {
  const keyOf = ({ person, messageKey }: Incoming) => ({ ...person, message_key: messageKey })
  return {
    async open(incoming) {
      try {
        await knex('inbound_messages').insert({ ...keyOf(incoming), received_at: incoming.receivedAt })
        return true
      } catch (error) {
        if (isDuplicate(error)) return false
        throw error
      }
    },

    async turnOf(incoming) {
      const { account, openid } = incoming.person
      const row = await knex('inbound_messages as m')
        .leftJoin('users as u', { 'u.account': 'm.account', 'u.openid': 'm.openid' })
        .leftJoin('turns as t', { 't.user_id': 'u.id', 't.message_key': 'm.message_key' })
        .where({ 'm.account': account, 'm.openid': openid, 'm.message_key': incoming.messageKey })
        .first<{ id: string | null } | undefined>('t.id as id')
      return row?.id ?? undefined
    },
  }
}
