import type { Knex } from 'knex'
import type { ForgetLogins } from '../../conversation/tidy.ts'

const KEYS = {
  sessions: 'id',
  login_tickets: 'ticket',
  login_codes: 'user_id',
  oauth_states: 'state_hash',
} as const

export const createKnexForgetLogins =
  (knex: Knex): ForgetLogins =>
  async (before, limit) => {
    for (const [table, key] of Object.entries(KEYS)) {
      const old = await knex(table)
        .where('expires_at', '<=', before)
        .orderBy('expires_at')
        .limit(limit)
        .pluck<string[]>(key)
      // Looked at once more: a user's code may have been replaced by a new one.
      if (old.length > 0) await knex(table).whereIn(key, old).where('expires_at', '<=', before).delete()
    }
  }
