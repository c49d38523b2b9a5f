import { describe, expect, test } from '@jest/globals'
import { shanghaiDate, startOfShanghaiDay } from '../../src/base/shanghai-day.ts'
import { createKnexOverview } from '../../src/infra/db/knex-overview.ts'
import { createKnexUsage } from '../../src/infra/db/knex-usage.ts'
import { engines } from '../support/databases.ts'
import { T0, useStores } from '../support/stores.ts'

const DAY_MS = 86_400_000
const DAY = 20_000
const MIDNIGHT = startOfShanghaiDay(DAY)

describe.each(engines)('usage by day on %s', (engine) => {
  const { knex, stores, message, newTurn, somebody, whole } = useStores(engine)

  const asked = async (at: number, person = somebody(), tokens = 0) => {
    const incoming = message({ person, receivedAt: at, messageKey: `m:${at}` })
    const turn = await newTurn(incoming, { cost: { model: 'm', price: 0, ownKey: tokens > 0 } })
    const { turns } = stores()
    await turns.begin(turn)
    await turns.claim(turn.id, at, at + 1000)
    const usage = tokens > 0 ? { promptTokens: tokens, completionTokens: 2 * tokens } : undefined
    await turns.end(turn.id, 1, { ...whole, usage }, at)
    return turn
  }

  test('puts what was asked and spent on its day in Shanghai, to the instant, and leaves no day out', async () => {
    const twice = somebody()
    await asked(MIDNIGHT - 1)
    const { userId } = await asked(MIDNIGHT, twice, 5)
    await asked(MIDNIGHT + DAY_MS - 1, twice, 7)
    await asked(MIDNIGHT + DAY_MS)
    const grant = { id: 'grt_1', user_id: userId, kind: 'operator', source: 'x', calls: 9, left_calls: 9 }
    await knex()('grants').insert({ ...grant, held_calls: 0, created_at: MIDNIGHT, expires_at: MIDNIGHT })
    const entry = { user_id: userId, grant_id: 'grt_1', calls: 3, reason: 'x' }
    const entries = [
      { ...entry, at: MIDNIGHT - 1, kind: 'settle' },
      { ...entry, at: MIDNIGHT, kind: 'settle' },
      { ...entry, at: MIDNIGHT + 1, kind: 'refund' },
      { ...entry, at: MIDNIGHT + 1, kind: 'reserve' },
    ]
    await knex()('ledger_entries').insert(entries)
    const days = await createKnexOverview(knex()).usage(MIDNIGHT - DAY_MS, MIDNIGHT + 2 * DAY_MS)
    const none = { users: 0, questions: 0, answered: 0, failed: 0, onOwnKey: 0 }
    const nothing = { ...none, callsSpent: 0, callsRefunded: 0, promptTokens: 0, completionTokens: 0 }
    const one = { ...nothing, users: 1, questions: 1, answered: 1 }
    const both = { ...one, questions: 2, answered: 2, onOwnKey: 2, promptTokens: 12, completionTokens: 24 }
    const dated = (index: number) => ({ date: shanghaiDate(MIDNIGHT + index * DAY_MS) })
    expect(days).toEqual([
      { ...one, callsSpent: 3, ...dated(-1) },
      { ...both, callsSpent: 3, callsRefunded: 3, ...dated(0) },
      { ...one, ...dated(1) },
      { ...nothing, ...dated(2) },
    ])
  })

  test('asks as many queries for a year as for a day', async () => {
    const { userId } = await asked(T0)
    const queriesFor = async (days: number) => {
      const since = T0 - (days - 1) * DAY_MS
      let count = 0
      const countOne = () => {
        count += 1
      }
      knex().on('query', countOne)
      const all = await createKnexOverview(knex()).usage(since, T0)
      const own = await createKnexUsage(knex())(userId, since, T0)
      knex().removeListener('query', countOne)
      expect([all.length, own.length]).toEqual([days, days])
      return count
    }
    expect(await queriesFor(365)).toBe(await queriesFor(1))
    expect(await queriesFor(365)).toBeLessThanOrEqual(4)
  })
})
