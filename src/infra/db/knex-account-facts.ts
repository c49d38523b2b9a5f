import type { Knex } from 'knex'
import type { AccountFacts } from '../../wechat/account-facts.ts'

/** Both databases keep booleans as 0 and 1. */
type FactsRow = { pushes: number; scene_qr: number; probed_at: number }

export const createKnexAccountFacts = (knex: Knex): AccountFacts => ({
  async read(appId) {
    const row = await knex('account_facts')
      .where({ app_id: appId })
      .first<FactsRow | undefined>('pushes', 'scene_qr', 'probed_at')
    if (!row) return undefined
    return { pushes: row.pushes === 1, sceneQr: row.scene_qr === 1, probedAt: row.probed_at }
  },

  async write(appId, { pushes, sceneQr, probedAt }) {
    await knex('account_facts')
      .insert({ app_id: appId, pushes, scene_qr: sceneQr, probed_at: probedAt })
      .onConflict('app_id')
      .merge()
  },
})
