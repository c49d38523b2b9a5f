import type { Knex } from 'knex'
import { dateOfDay, shanghaiDay, startOfShanghaiDay } from '../../base/shanghai-day.ts'
import type { UsageDay } from '../../operator/overview.ts'
import { startOfDay } from './start-of-day.ts'

/** What a database says of one day: its start, and figures, which come as text where they are sums. */
type DayRow = { day_start: number | string } & { [figure: string]: number | string | null }

/** The days from `first` to `last`, by two queries however many they are. */
export const usageByDay = async (knex: Knex, first: number, last: number): Promise<UsageDay[]> => {
  const [from, until] = [startOfShanghaiDay(first), startOfShanghaiDay(last + 1)]
  const turns = await knex('turns')
    .where('created_at', '>=', from)
    .where('created_at', '<', until)
    .groupBy('day_start')
    .select<DayRow[]>(
      startOfDay(knex, 'created_at'),
      knex.raw('count(*) as questions'),
      knex.raw('count(distinct user_id) as users'),
      knex.raw("sum(case status when 'answered' then 1 else 0 end) as answered"),
      knex.raw("sum(case status when 'failed' then 1 else 0 end) as failed"),
      knex.raw('sum(case when own_key then 1 else 0 end) as on_own_key'),
      knex.raw('sum(prompt_tokens) as prompt_tokens'),
      knex.raw('sum(completion_tokens) as completion_tokens'),
    )
  const calls = await knex('ledger_entries')
    .where('at', '>=', from)
    .where('at', '<', until)
    .groupBy('day_start')
    .select<DayRow[]>(
      startOfDay(knex, 'at'),
      knex.raw("sum(case kind when 'settle' then calls else 0 end) as spent"),
      knex.raw("sum(case kind when 'refund' then calls else 0 end) as refunded"),
    )
  const [turnsOf, callsOf] = [byDay(turns), byDay(calls)]
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const asked = turnsOf.get(first + index)
    const paid = callsOf.get(first + index)
    return {
      date: dateOfDay(first + index),
      users: figure(asked?.users),
      questions: figure(asked?.questions),
      answered: figure(asked?.answered),
      failed: figure(asked?.failed),
      onOwnKey: figure(asked?.on_own_key),
      callsSpent: figure(paid?.spent),
      callsRefunded: figure(paid?.refunded),
      promptTokens: figure(asked?.prompt_tokens),
      completionTokens: figure(asked?.completion_tokens),
    }
  })
}

const byDay = (rows: readonly DayRow[]): Map<number, DayRow> =>
  new Map(rows.map((row) => [shanghaiDay(Number(row.day_start)), row]))

/** Nothing is counted as 0. */
const figure = (value: number | string | null | undefined): number => Number(value ?? 0)
