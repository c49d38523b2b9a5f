import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { shanghaiDay } from '../../src/base/shanghai-day.ts'
import type { SendResult } from '../../src/conversation/messenger.ts'
import { FREE_ENDS_A_DAY } from '../../src/quota/free-ends.ts'
import { engines } from '../support/databases.ts'
import { type Act, type Ask, type Asked, openLives, SAYINGS } from '../support/lives.ts'
import { runs } from '../support/runs.ts'

const READINGS = ['stream', 'history', 'export', 'link'] as const
const LEAVINGS = ['delete', 'unfollow', 'forget'] as const

const anyPush = fc.constantFrom<SendResult>(
  { ok: true },
  { ok: false, next: 'hold', reason: 'errcode 45047' },
  { ok: false, next: 'give-up', reason: 'errcode 43004' },
  { ok: false, next: 'unsure', reason: 'timeout' },
)
const says = fc.constantFrom(...(Object.keys(SAYINGS) as Ask['says'][]))
const anyAsk = fc.record({
  act: fc.constant('ask' as const),
  via: fc.constantFrom('page' as const, 'wechat' as const),
  says,
  meanwhile: fc.array(
    fc.constantFrom(...READINGS, 'stream', ...LEAVINGS, 'stop' as const, 'crash' as const),
    {
      maxLength: 3,
    },
  ),
  push: fc.array(anyPush, { maxLength: 3 }),
})
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: anyAsk },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constantFrom(
        ...READINGS,
        ...LEAVINGS,
        '继续' as const,
        '继续' as const,
        'midnight' as const,
        'nine days' as const,
        'nine days, eight of which are kept' as const,
      ),
    }),
  },
)
/** Somebody who is out for what costs nothing. */
const greedy: fc.Arbitrary<Act[]> = fc
  .record({
    via: fc.constantFrom('page' as const, 'wechat' as const),
    says,
    meanwhile: fc.array(fc.constantFrom('stream' as const, 'stop' as const), { maxLength: 1 }),
    reads: fc.subarray([...READINGS, '继续' as const], { maxLength: 1 }),
    leaves: fc.constantFrom(...LEAVINGS),
    times: fc.integer({ min: 1, max: 8 }),
  })
  .map(({ via, says, meanwhile, reads, leaves, times }) =>
    Array.from({ length: times }, (): Act[] => [
      { act: 'ask', via, says, meanwhile, push: [{ ok: false, next: 'hold', reason: 'errcode 45047' }] },
      ...reads.map((act) => ({ act })),
      { act: leaves },
    ]).flat(),
  )

/** Ends that are not counted: the model's fault, what nobody asked for in eight days, or read as long as it was kept. */
const NOT_COUNTED = ['model-failed', 'gave-up', 'never asked for', 'never read']

type Entry = { kind: string; at: number; reason: string; turn_id: string }
type Lives = Awaited<ReturnType<typeof openLives>>

const check = async ({ app, live }: Lives, acts: Act[]): Promise<void> => {
  const { asked, userIds } = await live(acts)
  const ids = asked.map(({ id }) => id)
  const entries: Entry[] = await app.knex('ledger_entries').whereIn('turn_id', ids).orderBy('id')
  const rows = await app.knex('turns').whereIn('id', ids).select('id', 'status', 'charged')
  const count = ({ id }: Asked, kind: string) =>
    entries.filter((entry) => entry.turn_id === id && entry.kind === kind).length
  const isCharged = (one: Asked) => count(one, 'settle') - count(one, 'refund') === 1

  const freeDays = asked.flatMap((one) => {
    const given = entries.findLast(({ turn_id, kind }) => turn_id === one.id && /release|refund/.test(kind))
    const isFree = given && one.reachedModel && !NOT_COUNTED.includes(given.reason)
    return isFree ? [shanghaiDay(given.at)] : []
  })
  const mostOfADay = Math.max(0, ...freeDays.map((day) => freeDays.filter((each) => each === day).length))
  expect(mostOfADay).toBeLessThanOrEqual(FREE_ENDS_A_DAY)

  for (const one of asked) {
    expect(count(one, 'reserve')).toBe(1)
    expect(count(one, 'settle') + count(one, 'release')).toBe(1)
    if (one.seen) expect([one, isCharged(one)]).toEqual([one, true])
    const row = rows.find(({ id }) => id === one.id)
    if (row) expect(Boolean(row.charged)).toBe(isCharged(one))
    // What nobody saw is charged only while it can still be read, or when the day's free ends were used up.
    if (!one.seen && isCharged(one) && mostOfADay < FREE_ENDS_A_DAY) expect(row?.status).toBe('answered')
  }
  const shown = asked.filter(({ seen }) => seen).length
  expect(shown).toBeLessThanOrEqual(asked.filter(isCharged).length + freeDays.length)
  const held = await app.knex('grants').whereIn('user_id', userIds).where('held_calls', '<>', 0)
  expect(held).toEqual([])
}

describe.each(engines)('on %s', (engine) => {
  let lives: Lives
  beforeAll(async () => {
    lives = await openLives(engine)
  })
  afterAll(async () => {
    const { app } = lives
    expect(await app.stores.ledger.reconcile(app.clock.now(), true)).toEqual({ differences: [], strays: [] })
    await app.close()
  })

  test('whatever was shown is charged and the rest is not, however somebody lives', async () => {
    const life = fc.oneof(
      { weight: 3, arbitrary: fc.array(anyAct, { maxLength: 8 }) },
      { weight: 1, arbitrary: greedy },
    )
    await fc.assert(
      fc.asyncProperty(life, (acts) => check(lives, acts)),
      { numRuns: runs(15, engine === 'sqlite' ? 40 : 15) },
    )
  }, 3_600_000)
})
