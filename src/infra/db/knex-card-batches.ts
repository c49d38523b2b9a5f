import type { Knex } from 'knex'
import type { CardBatch, Cards } from '../../quota/cards.ts'
import { isDuplicate } from './database.ts'
import { transact } from './transact.ts'

type Batches = Pick<Cards, 'addBatch' | 'findBatch' | 'batches' | 'voidBatch' | 'voidCard' | 'voids'>

type BatchRow = {
  batch: number
  name: string
  cards: number
  calls: number
  days: number | null
  redeem_by: string | null
  created_at: number
  voided_at: number | null
}

const COLUMNS = ['batch', 'name', 'cards', 'calls', 'days', 'redeem_by', 'created_at', 'voided_at'] as const

export const createKnexCardBatches = (knex: Knex): Batches => {
  const countByBatch = async (table: string): Promise<Map<number, number>> => {
    const rows = await knex(table)
      .groupBy('batch')
      .select<{ batch: number; count: number }[]>('batch', knex.raw('count(*) as count'))
    return new Map(rows.map(({ batch, count }) => [batch, Number(count)]))
  }

  return {
    async addBatch({ batch, name, cards, calls, days, redeemBy, createdAt }) {
      try {
        await knex('card_batches').insert({
          ...{ batch, name, cards, calls, created_at: createdAt },
          ...{ days: days ?? null, redeem_by: redeemBy ?? null },
        })
        return true
      } catch (error) {
        if (isDuplicate(error)) return false
        throw error
      }
    },

    async findBatch(nameOrNumber) {
      const row = await knex('card_batches')
        .where({ name: nameOrNumber })
        .modify((query) => {
          if (/^\d{1,10}$/.test(nameOrNumber)) query.orWhere({ batch: Number(nameOrNumber) })
        })
        .first<BatchRow | undefined>(...COLUMNS)
      return row && toBatch(row)
    },

    async batches() {
      const [used, voided] = [await countByBatch('card_uses'), await countByBatch('card_voids')]
      const rows = await knex('card_batches')
        .orderBy('created_at', 'desc')
        .select<BatchRow[]>(...COLUMNS)
      return rows.map((row) => {
        const usedCards = used.get(row.batch) ?? 0
        const voidCards = row.voided_at === null ? (voided.get(row.batch) ?? 0) : row.cards - usedCards
        return { ...toBatch(row), used: usedCards, voided: voidCards }
      })
    },

    async voidBatch(batch, now) {
      const changed = await knex('card_batches')
        .where({ batch })
        .whereNull('voided_at')
        .update({ voided_at: now })
      return changed > 0
    },

    async voidCard({ batch, serial }, now) {
      try {
        await knex('card_voids').insert({ batch, serial, voided_at: now })
      } catch (error) {
        if (isDuplicate(error)) return 'was-void'
        throw error
      }
      // Whoever inserts a use from here on sees that the card is void; who did so before is waited for by the lock.
      const use = await transact(knex, (trx) =>
        trx('card_uses').where({ batch, serial }).forUpdate().first('serial'),
      )
      if (!use) return 'void'
      await knex('card_voids').where({ batch, serial }).delete()
      return 'used'
    },

    async voids(batch) {
      const rows = await knex('card_voids')
        .where({ batch })
        .orderBy('serial')
        .select<{ batch: number; serial: number; voided_at: number }[]>('batch', 'serial', 'voided_at')
      return rows.map(({ voided_at, ...card }) => ({ ...card, voidedAt: voided_at }))
    },
  }
}

const toBatch = (row: BatchRow): CardBatch => ({
  batch: row.batch,
  name: row.name,
  cards: row.cards,
  calls: row.calls,
  days: row.days ?? undefined,
  redeemBy: row.redeem_by ?? undefined,
  createdAt: row.created_at,
  voidedAt: row.voided_at ?? undefined,
})
