import type { Knex } from 'knex'
import type { Ids } from '../../base/ids.ts'
import type { Entry, EntryKind, Ledger } from '../../quota/ledger.ts'
import { isDuplicate } from './database.ts'
import { enter, giveGrant, grantsOf, lockUser, type NewEntry } from './ledger-rows.ts'
import { findDifferences, findStrays, mendDifference, releaseStray } from './reconcile-ledger.ts'
import { transact } from './transact.ts'

export const createKnexLedger = (knex: Knex, ids: Pick<Ids, 'next'>): Ledger => ({
  async give(gift, now) {
    try {
      await transact(knex, (trx) => giveGrant(trx, ids.next('grt'), gift, now))
      return true
    } catch (error) {
      if (isDuplicate(error)) return false
      throw error
    }
  },

  given: (sources) => knex('grants').whereIn('source', sources).pluck<string[]>('source'),

  async balance(userId, now) {
    const grants = (await grantsOf(knex, userId, now)).map(({ kind, left, expiresAt }) => ({
      ...{ kind, remaining: left, expiresAt },
    }))
    return { remaining: grants.reduce((sum, { remaining }) => sum + remaining, 0), grants }
  },

  takeBack: (userId, calls, reason, now) =>
    transact(knex, async (trx) => {
      await lockUser(trx, userId)
      const entries: NewEntry[] = []
      let missing = calls
      for (const { id, left } of await grantsOf(trx, userId, now)) {
        const taken = Math.min(left, missing)
        if (taken > 0)
          entries.push({ user_id: userId, grant_id: id, kind: 'correction', calls: -taken, reason })
        missing -= taken
      }
      if (entries.length > 0) await enter(trx, entries, now)
      return calls - missing
    }),

  async expire(now, limit) {
    const rows = await knex('grants')
      .where('expires_at', '<=', now)
      .where('left_calls', '>', 0)
      .orderBy('expires_at')
      .limit(limit)
      .select<{ id: string; user_id: string; left_calls: number }[]>('id', 'user_id', 'left_calls')
    for (const { id, user_id, left_calls } of rows) {
      const entry = { user_id, grant_id: id, kind: 'expire', calls: left_calls, reason: 'ran out' } as const
      await transact(knex, async (trx) => {
        // By another process's clock it may just have been spent: then the next time finds what is left.
        const unchanged = await trx('grants').where({ id, left_calls }).update({ left_calls })
        if (unchanged > 0) await enter(trx, [entry], now)
      })
    }
    return rows.length
  },

  async entries(userId, limit) {
    const rows = await knex('ledger_entries')
      .where({ user_id: userId })
      .orderBy('id', 'desc')
      .limit(limit)
      .select<EntryRow[]>('at', 'user_id', 'grant_id', 'kind', 'calls', 'turn_id', 'reason')
    return rows.map(toEntry)
  },

  async reconcile(now, dryRun) {
    // Figures first: releasing needs calls that are held.
    const differences = await findDifferences(knex)
    if (!dryRun) for (const difference of differences) await mendDifference(knex, difference)
    const strays = await findStrays(knex)
    if (!dryRun) for (const stray of strays) await releaseStray(knex, stray, now)
    return { differences, strays }
  },
})

type EntryRow = {
  at: number
  user_id: string
  grant_id: string
  kind: EntryKind
  calls: number
  turn_id: string | null
  reason: string
}

const toEntry = (row: EntryRow): Entry => ({
  at: row.at,
  userId: row.user_id,
  grantId: row.grant_id,
  kind: row.kind,
  calls: row.calls,
  turnId: row.turn_id ?? undefined,
  reason: row.reason,
})
