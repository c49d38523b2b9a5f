import type { Knex } from 'knex'
import { dateOfDay, shanghaiDay, startOfShanghaiDay } from '../../base/shanghai-day.ts'
import type { UsageOf } from '../../conversation/usage.ts'
import { startOfDay } from './start-of-day.ts'

type DayRow = { day_start: number | string; figure: number | string }

export const createKnexUsage =
  (knex: Knex): UsageOf =>
  async (userId, since, now) => {
    const [first, last] = [shanghaiDay(since), shanghaiDay(now)]
    const from = startOfShanghaiDay(first)
    // What was taken back was never spent.
    const refunds = knex('ledger_entries as refunds')
      .whereRaw('refunds.turn_id = spent.turn_id')
      .where({ 'refunds.kind': 'refund' })
      .select('refunds.id')
    const calls = await knex('ledger_entries as spent')
      .where({ 'spent.user_id': userId, 'spent.kind': 'settle' })
      .where('spent.at', '>=', from)
      .whereNotExists(refunds)
      .groupBy('day_start')
      .select<DayRow[]>(startOfDay(knex, 'spent.at'), knex.raw('sum(spent.calls) as figure'))
    const questions = await knex('turns')
      .where({ user_id: userId })
      .where('created_at', '>=', from)
      .groupBy('day_start')
      .select<DayRow[]>(startOfDay(knex, 'created_at'), knex.raw('count(*) as figure'))
    const [callsOf, questionsOf] = [byDay(calls), byDay(questions)]
    return Array.from({ length: last - first + 1 }, (_, index) => {
      const day = first + index
      return { date: dateOfDay(day), calls: callsOf.get(day) ?? 0, questions: questionsOf.get(day) ?? 0 }
    })
  }

const byDay = (rows: readonly DayRow[]): Map<number, number> =>
  new Map(rows.map(({ day_start, figure }) => [shanghaiDay(Number(day_start)), Number(figure)]))
