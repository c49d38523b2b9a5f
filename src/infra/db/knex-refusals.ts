import type { Knex } from 'knex'
import type { RuleName } from '../../conversation/incoming.ts'
import type { Refusals } from '../../conversation/refusals.ts'

type RefusalRow = { code: string; at: number; rule: RuleName; user_id: string | null; details: string }

export const createKnexRefusals = (knex: Knex): Refusals => ({
  async record({ code, at, rule, userId, details }) {
    await knex('refusals').insert({
      ...{ code, at, rule },
      ...{ user_id: userId ?? null, details: JSON.stringify(details) },
    })
  },

  async find(code) {
    const row = await knex('refusals')
      .where({ code })
      .first<RefusalRow | undefined>('code', 'at', 'rule', 'user_id', 'details')
    if (!row) return undefined
    return {
      ...{ code: row.code, at: row.at, rule: row.rule },
      ...{ userId: row.user_id ?? undefined, details: JSON.parse(row.details) },
    }
  },

  async forget(before) {
    await knex('refusals').where('at', '<', before).delete()
  },
})
