import type { Knex } from 'knex'

export const insertConversation = async (
  trx: Knex,
  id: string,
  userId: string,
  now: number,
): Promise<void> => {
  await trx('conversations').insert({ id, user_id: userId, created_at: now, updated_at: now })
}

/** A new conversation, which the user's next word in WeChat belongs to. */
export const startConversation = async (
  trx: Knex,
  id: string,
  userId: string,
  now: number,
): Promise<void> => {
  await insertConversation(trx, id, userId, now)
  await trx('users').where({ id: userId }).update({ conversation_id: id })
}
