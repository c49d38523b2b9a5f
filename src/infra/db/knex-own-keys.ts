import type { Knex } from 'knex'
import type { OwnKeys } from '../../identity/own-keys.ts'

export const createKnexOwnKeys = (knex: Knex): OwnKeys => ({
  async keep(userId, { channel, sealed, keyVersion, tail }, now) {
    await knex('own_keys')
      .insert({ user_id: userId, channel, sealed, key_version: keyVersion, tail, created_at: now })
      .onConflict('user_id')
      .merge()
  },

  async find(userId) {
    const row = await knex('own_keys')
      .where({ user_id: userId })
      .first<{ channel: string; sealed: string; key_version: string; tail: string } | undefined>(
        'channel',
        'sealed',
        'key_version',
        'tail',
      )
    if (!row) return undefined
    return { channel: row.channel, sealed: row.sealed, keyVersion: row.key_version, tail: row.tail }
  },

  async forget(userId) {
    return (await knex('own_keys').where({ user_id: userId }).delete()) > 0
  },
})
