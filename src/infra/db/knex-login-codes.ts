import type { Knex } from 'knex'
import type { KeptCode, LoginCodeStore } from '../../identity/login-codes.ts'
import { isDuplicate } from './database.ts'

type CodeRow = {
  user_id: string
  code_hash: string
  browser_hash: string | null
  cause: string
  attempt: number
  expires_at: number
  used_at: number | null
}

/** Codes for one browser that are looked at; those beyond are nobody's. */
const MAX_OPEN = 50

export const createKnexLoginCodes = (knex: Knex): LoginCodeStore => ({
  async ofUser(userId) {
    const row = await knex('login_codes').where({ user_id: userId }).first<CodeRow | undefined>()
    return row && toCode(row)
  },

  async keep(code, before, now) {
    const row = { ...toRow(code), tries: 0 }
    // What has expired has no more claim to its digits.
    await knex('login_codes').where({ code_hash: row.code_hash }).where('expires_at', '<=', now).delete()
    try {
      if (before !== undefined) {
        const replaced = await knex('login_codes').where({ user_id: code.userId, cause: before }).update(row)
        return replaced > 0
      }
      await knex('login_codes').insert(row)
      return true
    } catch (error) {
      if (isDuplicate(error)) return false
      throw error
    }
  },

  async withHash(codeHash) {
    const row = await knex('login_codes').where({ code_hash: codeHash }).first<CodeRow | undefined>()
    return row && toCode(row)
  },

  async guess(browserHash, most, now) {
    const open = () =>
      knex('login_codes')
        .where({ browser_hash: browserHash })
        .whereNull('used_at')
        .where('expires_at', '>', now)
        .where('tries', '<=', most)
    // Counted before anything is looked at: of many at once each finds the guesses before it. One too many stays one too many.
    if ((await open().increment('tries')) === 0) return []
    const rows = await open().orderBy('expires_at', 'desc').limit(MAX_OPEN).select<CodeRow[]>()
    return rows.map(toCode)
  },

  async use({ userId, codeHash }, now) {
    const used = await knex('login_codes')
      .where({ user_id: userId, code_hash: codeHash })
      .whereNull('used_at')
      .where('expires_at', '>', now)
      .update({ used_at: now })
    return used > 0
  },

  async forget(userId) {
    await knex('login_codes').where({ user_id: userId }).delete()
  },
})

const toRow = (code: KeptCode): CodeRow => ({
  user_id: code.userId,
  code_hash: code.codeHash,
  browser_hash: code.browserHash ?? null,
  cause: code.cause,
  attempt: code.attempt,
  expires_at: code.expiresAt,
  used_at: code.usedAt ?? null,
})

const toCode = (row: CodeRow): KeptCode => ({
  userId: row.user_id,
  codeHash: row.code_hash,
  browserHash: row.browser_hash ?? undefined,
  cause: row.cause,
  attempt: row.attempt,
  expiresAt: row.expires_at,
  usedAt: row.used_at ?? undefined,
})
