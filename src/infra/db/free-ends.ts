import type { Knex } from 'knex'
import { shanghaiDay } from '../../base/shanghai-day.ts'
import { type ForgetFreeEnds, FREE_ENDS_A_DAY } from '../../quota/free-ends.ts'
import { isDuplicate } from './database.ts'

/**
 * Takes one of the day's; false when there is none left. `personHashes`: the current first; a count that was begun under
 * an earlier secret goes on.
 */
export const takeFreeEnd = async (
  trx: Knex,
  personHashes: readonly string[],
  now: number,
): Promise<boolean> => {
  const day = shanghaiDay(now)
  const counts = () => trx('free_ends').whereIn('person_hash', personHashes).where({ day })
  for (;;) {
    const taken = await counts()
      .where('ends', '<', FREE_ENDS_A_DAY)
      .update({ ends: trx.raw('ends + 1') })
    if (taken > 0) return true
    if (await counts().first('day')) return false
    try {
      await trx('free_ends').insert({ person_hash: personHashes[0], day, ends: 1 })
      return true
    } catch (error) {
      // Somebody else has just begun the count.
      if (!isDuplicate(error)) throw error
    }
  }
}

export const createForgetFreeEnds =
  (knex: Knex): ForgetFreeEnds =>
  async (day, limit) => {
    const days = await knex('free_ends').where('day', '<', day).distinct('day').limit(limit).pluck('day')
    for (const each of days) await knex('free_ends').where({ day: each }).delete()
  }
