import type { Knex } from 'knex'
import type { Ids } from '../../base/ids.ts'
import type { User, Users } from '../../identity/user.ts'
import { isDuplicate } from './database.ts'

type UserRow = {
  id: string
  account: string
  openid: string
  conversation_id: string
  unfollowed_at: number | null
}

const COLUMNS = ['id', 'account', 'openid', 'conversation_id', 'unfollowed_at'] as const

export const createKnexUsers = (knex: Knex, ids: Ids): Users => {
  const find: Users['find'] = async ({ account, openid }) => {
    const row = await knex('users')
      .where({ account, openid })
      .first<UserRow | undefined>(...COLUMNS)
    return row && toUser(row)
  }

  const create = async ({ account, openid }: { account: string; openid: string }, now: number) => {
    const user = { id: ids.next('usr'), account, openid, conversation_id: ids.next('cnv') }
    try {
      await knex.transaction(async (trx) => {
        await trx('users').insert({ ...user, followed_at: now, created_at: now })
        await trx('conversations').insert({
          id: user.conversation_id,
          user_id: user.id,
          created_at: now,
          updated_at: now,
        })
      })
      return toUser({ ...user, unfollowed_at: null })
    } catch (error) {
      if (isDuplicate(error)) return undefined
      throw error
    }
  }

  const ensure: Users['ensure'] = async (person, now) => {
    const user = (await find(person)) ?? (await create(person, now)) ?? (await find(person))
    if (!user) throw new Error('a user was neither found nor made')
    return user
  }

  return {
    find,
    ensure,
    async followed(person, now) {
      const user = await ensure(person, now)
      await knex('users')
        .where({ id: user.id })
        .update({ followed_at: now, tapped_at: now, unfollowed_at: null, unreachable_at: null })
    },
    async acted(userId, act, now) {
      const when = act === 'message' ? { messaged_at: now } : { tapped_at: now }
      await knex('users')
        .where({ id: userId })
        .update({ ...when, unreachable_at: null })
    },
    async unreachable(userId, now) {
      await knex('users').where({ id: userId }).update({ unreachable_at: now })
    },
    async unfollowed({ account, openid }, now) {
      await knex('users').where({ account, openid }).update({ unfollowed_at: now })
    },
  }
}

const toUser = (row: UserRow): User => ({
  id: row.id,
  account: row.account,
  openid: row.openid,
  conversationId: row.conversation_id,
  following: row.unfollowed_at === null,
})
