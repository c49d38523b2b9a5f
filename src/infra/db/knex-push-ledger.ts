import type { Knex } from 'knex'
import type { PushLedger } from '../../conversation/push-ledger.ts'

export const createKnexPushLedger = (knex: Knex): PushLedger => ({
  async history(userId, since) {
    const user = await knex('users')
      .where({ id: userId })
      .first<{ messaged_at: number; tapped_at: number } | undefined>('messaged_at', 'tapped_at')
    const sentAt = await knex('pushes')
      .where({ user_id: userId })
      .where('sent_at', '>=', since)
      .orderBy('sent_at')
      .pluck<number[]>('sent_at')
    return { messagedAt: user?.messaged_at ?? 0, tappedAt: user?.tapped_at ?? 0, sentAt }
  },

  async sent(userId, at) {
    await knex('pushes').insert({ user_id: userId, sent_at: at })
  },

  async forget(before) {
    await knex('pushes').where('sent_at', '<', before).delete()
  },
})
