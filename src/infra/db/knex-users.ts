import type { Knex } from 'knex'
import type { Ids } from '../../base/ids.ts'
import type { PersonHash } from '../../identity/person-hash.ts'
import type { Person, User, Users } from '../../identity/user.ts'
import { insertConversation, startConversation } from './conversation-rows.ts'
import { isDuplicate } from './database.ts'
import { transact } from './transact.ts'

type UserRow = {
  id: string
  account: string
  openid: string
  conversation_id: string
  unfollowed_at: number | null
  blocked_at: number | null
  model: string | null
  erase_asked_at: number | null
  erase_asked_by: string | null
  asked_back_text: string | null
  asked_back_by: string | null
  asked_back_at: number | null
  channel: string | null
  tail: string | null
}

const COLUMNS = [
  'users.id',
  'users.account',
  'users.openid',
  'users.conversation_id',
  'users.unfollowed_at',
  'users.blocked_at',
  'users.model',
  'users.erase_asked_at',
  'users.erase_asked_by',
  'users.asked_back_text',
  'users.asked_back_by',
  'users.asked_back_at',
  'own_keys.channel',
  'own_keys.tail',
] as const

export const createKnexUsers = (knex: Knex, ids: Ids, personHash: PersonHash): Users => {
  const findWhere = async (where: { [column: string]: string }): Promise<User | undefined> => {
    const row = await knex('users')
      .leftJoin('own_keys', 'own_keys.user_id', 'users.id')
      .where(where)
      .first<UserRow | undefined>(...COLUMNS)
    return row && toUser(row)
  }
  const find: Users['find'] = ({ account, openid }) =>
    findWhere({ 'users.account': account, 'users.openid': openid })

  /** False when somebody else has just made them. */
  const create = async (person: Person, now: number): Promise<boolean> => {
    const hashes = personHash.candidates(person)
    const returning = await knex('departed_users')
      .whereIn('person_hash', hashes)
      .first<{ user_id: string | null; blocked_at: number | null } | undefined>('user_id', 'blocked_at')
    const [userId, conversationId] = [returning?.user_id ?? ids.next('usr'), ids.next('cnv')]
    try {
      await transact(knex, async (trx) => {
        await trx('users').insert({
          ...{ id: userId, account: person.account, openid: person.openid, conversation_id: conversationId },
          ...{ followed_at: now, created_at: now, blocked_at: returning?.blocked_at ?? null },
        })
        await insertConversation(trx, conversationId, userId, now)
        if (returning) await trx('departed_users').whereIn('person_hash', hashes).delete()
      })
      return true
    } catch (error) {
      if (isDuplicate(error)) return false
      throw error
    }
  }

  const ensure: Users['ensure'] = async (person, now) => {
    const known = await find(person)
    if (known) return known
    await create(person, now)
    const user = await find(person)
    if (!user) throw new Error('a user was neither found nor made')
    return user
  }

  const update = (userId: string, fields: object) => knex('users').where({ id: userId }).update(fields)

  return {
    find,
    ensure,
    findById: (userId) => findWhere({ 'users.id': userId }),
    findByOpenid: (openid) => findWhere({ 'users.openid': openid }),

    async followed(person, now) {
      const user = await ensure(person, now)
      await update(user.id, { followed_at: now, tapped_at: now, unfollowed_at: null, unreachable_at: null })
    },
    async acted(userId, act, now) {
      const when = act === 'message' ? { messaged_at: now } : { tapped_at: now }
      await update(userId, { ...when, unreachable_at: null })
    },
    async unreachable(userId, now) {
      await update(userId, { unreachable_at: now })
    },
    async chooseModel(userId, model) {
      await update(userId, { model: model ?? null })
    },
    async newConversation(userId, now) {
      const conversationId = ids.next('cnv')
      await transact(knex, (trx) => startConversation(trx, conversationId, userId, now))
      return conversationId
    },
    async continueIn(userId, conversationId) {
      const theirs = knex('conversations').where({ id: conversationId, user_id: userId })
      const changed = await knex('users')
        .where({ id: userId })
        .whereExists(theirs.select('id'))
        .update({ conversation_id: conversationId })
      return changed > 0
    },
    async askErase(userId, messageKey, now) {
      await update(userId, { erase_asked_at: now, erase_asked_by: messageKey })
    },
    keepData: ({ id, account, openid }, messageKey) =>
      transact(knex, async (trx) => {
        await trx('users').where({ id }).update({ erase_asked_at: null, erase_asked_by: null })
        await trx('inbound_messages')
          .where({ account, openid, message_key: messageKey })
          .update({ kept_data: true })
      }),
    async askBack(userId, { text, messageKey, at }) {
      await update(userId, { asked_back_text: text, asked_back_by: messageKey, asked_back_at: at })
    },
    block: (userId, blocked, now) =>
      transact(knex, async (trx) => {
        const users = trx('users').where({ id: userId })
        if (!blocked) return (await users.whereNotNull('blocked_at').update({ blocked_at: null })) > 0
        if ((await users.whereNull('blocked_at').update({ blocked_at: now })) === 0) return false
        for (const table of ['sessions', 'login_codes']) await trx(table).where({ user_id: userId }).delete()
        return true
      }),
  }
}

const toUser = (row: UserRow): User => ({
  id: row.id,
  account: row.account,
  openid: row.openid,
  conversationId: row.conversation_id,
  following: row.unfollowed_at === null,
  blocked: row.blocked_at !== null,
  model: row.model ?? undefined,
  ownKey: row.channel === null ? undefined : { channel: row.channel, tail: row.tail ?? '' },
  eraseAsked:
    row.erase_asked_at === null
      ? undefined
      : { at: row.erase_asked_at, messageKey: row.erase_asked_by ?? '' },
  askedBack:
    row.asked_back_at === null
      ? undefined
      : {
          text: row.asked_back_text ?? '',
          messageKey: row.asked_back_by ?? '',
          at: row.asked_back_at,
        },
})
