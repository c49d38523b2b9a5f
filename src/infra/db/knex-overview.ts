import type { Knex } from 'knex'
import { shanghaiDate, shanghaiDay, startOfShanghaiDay } from '../../base/shanghai-day.ts'
import type { FailedTurn, Overview, UsageDay, UserLine } from '../../operator/overview.ts'

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
    const [first, last] = [shanghaiDay(since), shanghaiDay(now)]
    const days: UsageDay[] = []
    for (let day = first; day <= last; day += 1) days.push(await usageOf(knex, day))
    return days
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

/** By the days' bounds, so that both databases can use an index and neither needs to know of time zones. */
const usageOf = async (knex: Knex, day: number): Promise<UsageDay> => {
  const [from, until] = [startOfShanghaiDay(day), startOfShanghaiDay(day + 1)]
  const turns = await knex('turns')
    .where('created_at', '>=', from)
    .where('created_at', '<', until)
    .first(
      knex.raw('count(*) as questions'),
      knex.raw('count(distinct user_id) as users'),
      knex.raw("sum(case status when 'answered' then 1 else 0 end) as answered"),
      knex.raw("sum(case status when 'failed' then 1 else 0 end) as failed"),
      knex.raw('sum(case when own_key then 1 else 0 end) as onOwnKey'),
      knex.raw('sum(prompt_tokens) as promptTokens'),
      knex.raw('sum(completion_tokens) as completionTokens'),
    )
  const calls = await knex('ledger_entries')
    .where('at', '>=', from)
    .where('at', '<', until)
    .first(
      knex.raw("sum(case kind when 'settle' then calls else 0 end) as callsSpent"),
      knex.raw("sum(case kind when 'refund' then calls else 0 end) as callsRefunded"),
    )
  const figure = (value: unknown): number => Number(value ?? 0)
  return {
    ...{ date: shanghaiDate(from), users: figure(turns?.users), questions: figure(turns?.questions) },
    ...{
      answered: figure(turns?.answered),
      failed: figure(turns?.failed),
      onOwnKey: figure(turns?.onOwnKey),
    },
    ...{ callsSpent: figure(calls?.callsSpent), callsRefunded: figure(calls?.callsRefunded) },
    ...{ promptTokens: figure(turns?.promptTokens), completionTokens: figure(turns?.completionTokens) },
  }
}
