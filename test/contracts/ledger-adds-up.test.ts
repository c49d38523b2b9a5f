import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { engines } from '../support/databases.ts'
import { answered, DAY_MS, failed, T0, useLedger } from '../support/ledger.ts'

type Act =
  | { act: 'give'; calls: number; days: number }
  | { act: 'ask'; price: number }
  | { act: 'answer' | 'fail' | 'refund'; which: number }
  | { act: 'wait' | 'expire' }
  | { act: 'take'; calls: number }

describe.each(engines)('the ledger on %s', (engine) => {
  const { stores, somebody, gift, ask, end, left } = useLedger(engine)

  test('adds up after anything that can happen, in any order', async () => {
    const act: fc.Arbitrary<Act> = fc.oneof(
      fc.record({
        act: fc.constant('give' as const),
        calls: fc.integer({ min: 1, max: 9 }),
        days: fc.nat(2),
      }),
      fc.record({ act: fc.constant('ask' as const), price: fc.integer({ min: 0, max: 5 }) }),
      fc.record({
        act: fc.constantFrom('answer' as const, 'fail' as const, 'refund' as const),
        which: fc.nat(),
      }),
      fc.record({ act: fc.constantFrom('wait' as const, 'expire' as const) }),
      fc.record({ act: fc.constant('take' as const), calls: fc.integer({ min: 1, max: 9 }) }),
    )
    const run = async (acts: Act[]) => {
      const { ledger, turns } = stores()
      const { id } = await somebody()
      let now = T0
      let given = 0
      const open: string[] = []
      const ended: string[] = []
      const pick = (from: string[], which: number) => from[which % Math.max(1, from.length)]
      for (const each of acts) {
        if (each.act === 'give') {
          given += each.calls
          const expiresAt = each.days > 0 ? now + each.days * DAY_MS : undefined
          await ledger.give(gift(id, each.calls, { expiresAt }), now)
        } else if (each.act === 'ask') {
          const begun = await ask(id, each.price, now)
          if (begun.ok) open.push(begun.id)
        } else if (each.act === 'answer' || each.act === 'fail') {
          const turnId = pick(open, each.which)
          if (!turnId) continue
          open.splice(open.indexOf(turnId), 1)
          ended.push(turnId)
          await end(turnId, each.act === 'answer' ? answered : failed, now)
        } else if (each.act === 'refund') {
          const turnId = pick(ended, each.which)
          if (turnId) await turns.refund(turnId, now)
        } else if (each.act === 'take') await ledger.takeBack(id, each.calls, 'test', now)
        else if (each.act === 'wait') now += DAY_MS
        else await ledger.expire(now, 100)
      }
      expect(await ledger.reconcile(now, true)).toEqual({ differences: [], strays: [] })
      const entries = await ledger.entries(id, 1000)
      const sum = (...of: string[]) =>
        entries.reduce((total, { kind, calls }) => total + (of.includes(kind) ? calls : 0), 0)
      const held = sum('reserve') - sum('settle') - sum('release')
      const spent = sum('settle') - sum('refund')
      await ledger.expire(now, 100)
      // Nothing comes from nowhere, nothing vanishes.
      expect(sum('grant')).toBe(given)
      const after = await ledger.entries(id, 1000)
      const gone = after.reduce((total, { kind, calls }) => total + (kind === 'expire' ? calls : 0), 0)
      expect(await left(id, now)).toBe(given - held - spent - gone + sum('correction'))
    }
    const rounds = engine === 'sqlite' ? 60 : 15
    await fc.assert(fc.asyncProperty(fc.array(act, { maxLength: 25 }), run), { numRuns: rounds })
  }, 60_000)
})
