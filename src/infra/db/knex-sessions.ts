import type { Knex } from 'knex'
import type { Session, SessionStore } from '../../identity/sessions.ts'
import { lockUser } from './ledger-rows.ts'
import { transact } from './transact.ts'

type SessionRow = {
  id: string
  user_id: string
  user_agent: string
  created_at: number
  last_seen_at: number
  expires_at: number
}

const COLUMNS = ['id', 'user_id', 'user_agent', 'created_at', 'last_seen_at', 'expires_at'].map(
  (column) => `sessions.${column}`,
)
/** More than anybody keeps. */
const MAX_LISTED = 100
const MAX_UNTOLD = 10

export const createKnexSessions = (knex: Knex): SessionStore => ({
  add: (session, { tokenHash, browserHash, replacesHash }, most) =>
    transact(knex, async (trx) => {
      // A block that is being set waits for this, or this for it: no session is left behind.
      if (!(await lockUser(trx, session.userId))) return false
      const user = await trx('users').where({ id: session.userId }).whereNull('blocked_at').first('id')
      if (!user) return false
      await trx('sessions').where({ browser_hash: browserHash }).delete()
      if (replacesHash !== undefined) await trx('sessions').where({ token_hash: replacesHash }).delete()
      await trx('sessions').insert({
        id: session.id,
        user_id: session.userId,
        token_hash: tokenHash,
        browser_hash: browserHash,
        user_agent: session.userAgent,
        created_at: session.createdAt,
        last_seen_at: session.lastSeenAt,
        expires_at: session.expiresAt,
      })
      const beyond = await trx('sessions')
        .where({ user_id: session.userId })
        .orderBy([
          { column: 'last_seen_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(MAX_LISTED)
        .offset(most)
        .pluck<string[]>('id')
      if (beyond.length > 0) await trx('sessions').whereIn('id', beyond).delete()
      return true
    }),

  async find(tokenHash, now) {
    const row = await knex('sessions')
      .join('users', 'users.id', 'sessions.user_id')
      .where('sessions.token_hash', tokenHash)
      .where('sessions.expires_at', '>', now)
      .whereNull('users.blocked_at')
      .first<SessionRow | undefined>(...COLUMNS)
    return row && toSession(row)
  },

  async see(id, { lastSeenAt, expiresAt }) {
    const seen = { last_seen_at: lastSeenAt, expires_at: expiresAt }
    return (await knex('sessions').where({ id }).update(seen)) > 0
  },

  async list(userId, now) {
    const rows = await knex('sessions')
      .where({ user_id: userId })
      .where('expires_at', '>', now)
      .orderBy([
        { column: 'last_seen_at', order: 'desc' },
        { column: 'id', order: 'desc' },
      ])
      .limit(MAX_LISTED)
      .select<SessionRow[]>(...COLUMNS)
    return rows.map(toSession)
  },

  async untold(userId, now) {
    const rows = await knex('sessions')
      .where({ user_id: userId })
      .whereNull('told_at')
      .where('expires_at', '>', now)
      .orderBy('created_at', 'desc')
      .limit(MAX_UNTOLD)
      .select<SessionRow[]>(...COLUMNS)
    return rows.map(toSession)
  },

  async told(ids, now) {
    await knex('sessions').whereIn('id', ids).update({ told_at: now })
  },

  async revoke(userId, id) {
    return (await knex('sessions').where({ id, user_id: userId }).delete()) > 0
  },

  revokeAll: (userId) => knex('sessions').where({ user_id: userId }).delete(),
})

const toSession = (row: SessionRow): Session => ({
  id: row.id,
  userId: row.user_id,
  createdAt: row.created_at,
  lastSeenAt: row.last_seen_at,
  expiresAt: row.expires_at,
  userAgent: row.user_agent,
})
