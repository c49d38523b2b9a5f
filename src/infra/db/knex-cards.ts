import type { Knex } from 'knex'
import type { Ids } from '../../base/ids.ts'
import type { CardId, Cards, CardUse } from '../../quota/cards.ts'
import type { Gift } from '../../quota/grant.ts'
import { isDuplicate } from './database.ts'
import { createKnexCardBatches } from './knex-card-batches.ts'
import { giveGrant } from './ledger-rows.ts'
import { transact } from './transact.ts'

type UseRow = {
  batch: number
  serial: number
  person_hash: string
  user_id: string | null
  cause: string | null
  redeemed_at: number
}

const COLUMNS = ['batch', 'serial', 'person_hash', 'user_id', 'cause', 'redeemed_at'] as const

export const createKnexCards = (knex: Knex, ids: Pick<Ids, 'next'>): Cards => {
  const findUse = ({ batch, serial }: CardId) =>
    knex('card_uses')
      .where({ batch, serial })
      .first<UseRow | undefined>(...COLUMNS)

  /** True when it is the first use of the card, whose calls came with it. */
  const insertUse = async (row: UseRow, gift: Gift, now: number): Promise<'first' | 'used' | 'void'> => {
    try {
      await transact(knex, async (trx) => {
        await trx('card_uses').insert(row)
        if (await isVoid(trx, row)) throw new VoidCard()
        await giveGrant(trx, ids.next('grt'), gift, now)
      })
      return 'first'
    } catch (error) {
      if (error instanceof VoidCard) return 'void'
      if (isDuplicate(error)) return 'used'
      throw error
    }
  }

  /** A use known from outside: its calls are not here, and come now. False when somebody was quicker. */
  const reclaim = (row: UseRow, gift: Gift, now: number): Promise<boolean> =>
    transact(knex, async (trx) => {
      const { batch, serial, user_id, cause } = row
      const taken = await trx('card_uses')
        .where({ batch, serial })
        .whereNull('user_id')
        .update({ user_id, cause })
      if (taken > 0) await giveGrant(trx, ids.next('grt'), gift, now)
      return taken > 0
    })

  return {
    ...createKnexCardBatches(knex),

    async redeem({ batch, serial, personHashes, cause }, gift, now) {
      const [personHash = ''] = personHashes
      const row = { batch, serial, person_hash: personHash, user_id: gift.userId, cause, redeemed_at: now }
      // Looked at first: on MySQL an insert that is rolled back lets all who waited for its key in at once, and all but
      // one of them are deadlocked.
      const isGone = (await isVoid(knex, row)) && !(await findUse(row))
      const inserted = isGone ? 'void' : await insertUse(row, gift, now)
      if (inserted === 'first') return { status: 'redeemed' }
      if (inserted === 'void') return { status: 'void' }
      const use = await findUse(row)
      if (!use) throw new Error('a card was neither free nor used')
      if (!personHashes.includes(use.person_hash)) return { status: 'others' }
      if (use.user_id === null && (await reclaim(row, gift, now))) return { status: 'redeemed' }
      // Of several who would reclaim it the others find what the first has written.
      const cameBefore = use.user_id === null ? await findUse(row) : use
      return cameBefore?.cause === cause ? { status: 'repeated' } : { status: 'yours', at: use.redeemed_at }
    },

    async state(card) {
      const use = await findUse(card)
      const { batch, serial } = card
      const one = await knex('card_voids').where({ batch, serial }).first<{ voided_at: number } | undefined>()
      const all = await knex('card_batches')
        .where({ batch })
        .first<{ voided_at: number | null } | undefined>()
      return { use: use && toUse(use), voidedAt: one?.voided_at ?? all?.voided_at ?? undefined }
    },

    async uses({ batch, after, limit }) {
      const rows = await knex('card_uses')
        .modify((query) => {
          if (batch !== undefined) query.where({ batch })
          if (!after) return
          query.where((later) =>
            later
              .where('batch', '>', after.batch)
              .orWhere((same) => same.where({ batch: after.batch }).where('serial', '>', after.serial)),
          )
        })
        .orderBy(['batch', 'serial'])
        .limit(limit)
        .select<UseRow[]>(...COLUMNS)
      return rows.map(toUse)
    },

    remember: (uses) =>
      transact(knex, async (trx) => {
        let count = 0
        for (const { batch, serial, personHash, redeemedAt } of uses) {
          const row = { batch, serial, person_hash: personHash, user_id: null, redeemed_at: redeemedAt }
          try {
            await trx('card_uses').insert(row)
            count += 1
          } catch (error) {
            if (!isDuplicate(error)) throw error
          }
        }
        return count
      }),
  }
}

class VoidCard extends Error {}

const isVoid = async (trx: Knex, { batch, serial }: CardId): Promise<boolean> => {
  const one = await trx('card_voids').where({ batch, serial }).first('serial')
  const all = await trx('card_batches').where({ batch }).whereNotNull('voided_at').first('batch')
  return Boolean(one ?? all)
}

const toUse = (row: UseRow): CardUse => ({
  batch: row.batch,
  serial: row.serial,
  personHash: row.person_hash,
  userId: row.user_id ?? undefined,
  redeemedAt: row.redeemed_at,
})
