import type { Knex } from 'knex'
import type { Elections } from '../../conversation/elections.ts'
import { isDuplicate } from './database.ts'

export const createKnexElections = (knex: Knex): Elections => ({
  async hold(office, holder, now, until) {
    const taken = await knex('elections')
      .where({ office })
      .where((free) => free.where('until', '<=', now).orWhere({ holder }))
      .update({ holder, until })
    if (taken > 0) return true
    try {
      await knex('elections').insert({ office, holder, until })
      return true
    } catch (error) {
      if (isDuplicate(error)) return false
      throw error
    }
  },
})
