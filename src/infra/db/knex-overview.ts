import type { Knex } from 'knex'
import { shanghaiDay } from '../../base/shanghai-day.ts'
import type { FailedTurn, Overview, UserLine } from '../../operator/overview.ts'
import { usageByDay } from './usage-by-day.ts'

type UserRow = {
  id: string
  openid: string
  created_at: number
  blocked_at: number | null
  channel: string | null
}

export const createKnexOverview = (knex: Knex): Overview => ({
  async users({ limit, after, now }) {
    const rows = await usersWithKeys(knex)
      .modify((query) => {
        if (after !== undefined) query.where('users.id', '<', after)
      })
      .orderBy('users.id', 'desc')
      .limit(limit)
    return withFigures(knex, rows, now)
  },

  async user(idOrOpenId, now) {
    const rows = await usersWithKeys(knex)
      .where({ 'users.id': idOrOpenId })
      .orWhere({ 'users.openid': idOrOpenId })
      .limit(1)
    return (await withFigures(knex, rows, now))[0]
  },

  async usage(since, now) {
    return usageByDay(knex, shanghaiDay(since), shanghaiDay(now))
  },

  async grants() {
    const row = await knex('grants').count<{ count: number }[]>({ count: '*' })
    return Number(row[0]?.count ?? 0)
  },

  async failedTurn(refusalCode) {
    const row = await knex('turns')
      .where({ refusal_code: refusalCode })
      .first<FailedRow | undefined>(
        ...(['id', 'user_id', 'failure', 'channel', 'asked_model', 'created_at', 'ended_at'] as const),
        ...(['price', 'charged', 'shown_at'] as const),
      )
    if (!row) return undefined
    return {
      ...{ turnId: row.id, userId: row.user_id, failure: row.failure ?? 'unknown' },
      ...{ channel: row.channel ?? undefined, model: row.asked_model ?? undefined },
      ...{ askedAt: row.created_at, endedAt: row.ended_at ?? undefined },
      charge: chargeOf(row),
    }
  },
})

type FailedRow = {
  id: string
  user_id: string
  failure: string | null
  channel: string | null
  asked_model: string | null
  created_at: number
  ended_at: number | null
  price: number
  charged: boolean | number
  shown_at: number | null
}

const chargeOf = ({ price, charged, shown_at }: FailedRow): FailedTurn['charge'] => {
  if (!charged || price === 0) return 'none'
  return shown_at === null ? 'often' : 'shown'
}

const usersWithKeys = (knex: Knex) =>
  knex('users')
    .leftJoin('own_keys', 'own_keys.user_id', 'users.id')
    .select<UserRow[]>(
      ...['users.id', 'users.openid', 'users.created_at', 'users.blocked_at', 'own_keys.channel'],
    )

const withFigures = async (knex: Knex, rows: UserRow[], now: number): Promise<UserLine[]> => {
  const ids = rows.map(({ id }) => id)
  const turns = await knex('turns')
    .whereIn('user_id', ids)
    .groupBy('user_id')
    .select<{ user_id: string; count: number; last: number }[]>(
      'user_id',
      knex.raw('count(*) as count'),
      knex.raw('max(created_at) as last'),
    )
  const grants = await knex('grants')
    .whereIn('user_id', ids)
    .where('expires_at', '>', now)
    .groupBy('user_id')
    .select<{ user_id: string; remaining: number }[]>('user_id', knex.raw('sum(left_calls) as remaining'))
  return rows.map((row) => {
    const asked = turns.find(({ user_id }) => user_id === row.id)
    return {
      ...{ id: row.id, openid: row.openid, createdAt: row.created_at, blocked: row.blocked_at !== null },
      ownKey: row.channel ?? undefined,
      remaining: Number(grants.find(({ user_id }) => user_id === row.id)?.remaining ?? 0),
      ...{ turns: Number(asked?.count ?? 0), lastTurnAt: asked?.last },
    }
  })
}
