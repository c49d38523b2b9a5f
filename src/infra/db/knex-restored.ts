import type { Knex } from 'knex'
import type { Restored } from '../../backup/journal/apply-journal.ts'
import type { PersonHash } from '../../identity/person-hash.ts'
import { dropCalls } from './knex-erase.ts'
import type { Stores } from './stores.ts'
import { transact } from './transact.ts'

/** What the journal is applied to, before anybody else works with it. */
export const createKnexRestored = (
  knex: Knex,
  personHash: PersonHash,
  stores: Pick<Stores, 'cards' | 'erase'>,
): Restored => ({
  remember: (uses) =>
    stores.cards.remember(
      uses.map(({ batch, serial, personHash: by, at }) => ({
        ...{ batch, serial, personHash: by },
        ...{ userId: undefined, redeemedAt: at },
      })),
    ),

  async people(after, limit) {
    const rows = await knex('users')
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .select<{ id: string; account: string; openid: string; created_at: number }[]>(
        ...['id', 'account', 'openid', 'created_at'],
      )
    return rows.map(({ created_at, ...row }) => ({ ...row, createdAt: created_at }))
  },

  hashesOf: (person) => personHash.candidates(person),
  erase: stores.erase,

  forgetDeparted: (hash, before, now) =>
    transact(knex, async (trx) => {
      const departed = () => trx('departed_users').where({ person_hash: hash }).where('left_at', '<=', before)
      const row = await departed().whereNotNull('user_id').first<{ user_id: string } | undefined>('user_id')
      if (!row) return false
      await dropCalls(trx, row.user_id, now)
      await departed().whereNull('blocked_at').delete()
      await departed().update({ user_id: null })
      return true
    }),
})
