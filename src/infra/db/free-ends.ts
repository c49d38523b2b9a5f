import type { Knex } from 'knex'
import { shanghaiDay } from '../../base/shanghai-day.ts'
import { type ForgetFreeEnds, FREE_ENDS_A_DAY } from '../../quota/free-ends.ts'

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
  const take = async () =>
    (await counts()
      .where('ends', '<', FREE_ENDS_A_DAY)
      .update({ ends: trx.raw('ends + 1') })) > 0
  if (await take()) return true
  // Of several who begin the count one does; the others wait for that one, and find it.
  if (!(await counts().first('day')))
    await trx('free_ends')
      .insert({ person_hash: personHashes[0], day, ends: 0 })
      .onConflict(['person_hash', 'day'])
      .merge({ ends: trx.ref('free_ends.ends') })
  return take()
}

export const createForgetFreeEnds =
  (knex: Knex): ForgetFreeEnds =>
  async (day, limit) => {
    const days = await knex('free_ends').where('day', '<', day).distinct('day').limit(limit).pluck('day')
    for (const each of days) await knex('free_ends').where({ day: each }).delete()
  }
