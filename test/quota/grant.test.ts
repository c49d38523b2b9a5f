import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { allot, dailyGift, type Grant, isSpendable, spendable } from '../../src/quota/grant.ts'

const NOW = Date.parse('2026-11-25T12:00:00+08:00')

const grant = (more: Partial<Grant> = {}): Grant => ({
  ...{ id: 'grt_1', kind: 'card', calls: 10, left: 10, held: 0, expiresAt: undefined },
  ...more,
})

describe('calls', () => {
  test('are spent from what is lost first, of equals from the older', () => {
    const grants = [
      grant({ id: 'grt_4' }),
      grant({ id: 'grt_3', expiresAt: NOW + 2 }),
      grant({ id: 'grt_2', expiresAt: NOW + 2 }),
      grant({ id: 'grt_1', expiresAt: NOW + 9 }),
    ]
    expect(allot(grants, 35, NOW)).toEqual([
      { grantId: 'grt_2', calls: 10 },
      { grantId: 'grt_3', calls: 10 },
      { grantId: 'grt_1', calls: 10 },
      { grantId: 'grt_4', calls: 5 },
    ])
  })

  test('can be spent up to the instant at which they run out, not at it', () => {
    const ending = grant({ expiresAt: NOW })
    expect(isSpendable(ending, NOW - 1)).toBe(true)
    expect(isSpendable(ending, NOW)).toBe(false)
    expect(allot([ending], 1, NOW)).toBeUndefined()
  })

  test('for nothing are taken from nowhere', () => {
    expect(allot([], 0, NOW)).toEqual([])
  })

  test('are allotted exactly, never more than there is, or not at all', () => {
    const anyGrant = fc.record({
      id: fc.uuid(),
      left: fc.integer({ min: 0, max: 20 }),
      expiresAt: fc.option(fc.integer({ min: NOW - 5, max: NOW + 5 }), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(anyGrant, { maxLength: 8 }), fc.integer({ min: 0, max: 100 }), (some, calls) => {
        const grants = some.map((each) => grant(each))
        const shares = allot(grants, calls, NOW)
        if (!shares) return expect(spendable(grants, NOW)).toBeLessThan(calls)
        expect(shares.reduce((sum, share) => sum + share.calls, 0)).toBe(calls)
        for (const share of shares) {
          const from = grants.find(({ id }) => id === share.grantId)
          expect(from && isSpendable(from, NOW)).toBe(true)
          expect(share.calls).toBeGreaterThan(0)
          expect(share.calls).toBeLessThanOrEqual(from?.left ?? 0)
        }
      }),
    )
  })

  test('of a day are gone at midnight in Shanghai, and come once a day', () => {
    const lastMs = Date.parse('2026-11-25T23:59:59.999+08:00')
    const today = dailyGift('usr_1', 'h1', 5, lastMs)
    expect(today.expiresAt).toBe(lastMs + 1)
    expect(dailyGift('usr_2', 'h1', 5, NOW).source).toBe(today.source)
    expect(dailyGift('usr_1', 'h1', 5, lastMs + 1).source).not.toBe(today.source)
    expect(dailyGift('usr_1', 'h2', 5, NOW).source).not.toBe(today.source)
  })
})
