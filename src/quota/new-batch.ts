import { CARD_LIMITS } from './card-layout.ts'
import type { CardBatch, Cards } from './cards.ts'

export type NewBatchParts = {
  cards: Pick<Cards, 'addBatch' | 'findBatch' | 'uses'>
  /** A whole number from 0 to below `limit`. */
  random: (limit: number) => number
}

const MAX_TRIES = 10

/**
 * Enters a batch under a number that no batch has, nor any card that is known as used from before a restore. Undefined
 * when there is a batch of that name.
 */
export const createNewBatch =
  ({ cards, random }: NewBatchParts) =>
  async (facts: Omit<CardBatch, 'batch' | 'voidedAt'>): Promise<CardBatch | undefined> => {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const batch = { ...facts, batch: random(CARD_LIMITS.batch + 1), voidedAt: undefined }
      if ((await cards.uses({ batch: batch.batch, limit: 1 })).length > 0) continue
      if (await cards.addBatch(batch)) return batch
      if (await cards.findBatch(facts.name)) return undefined
    }
    throw new Error('no number was found for the batch: try again')
  }
