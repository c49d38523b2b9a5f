import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { PUSH_GRANTS, pushesLeft } from '../../src/conversation/allowance.ts'
import { type Grant, renew, spend } from '../../src/sandbox/allowance.ts'

const HOUR = 3_600_000
const T0 = 1_760_000_000_000
const never = { messagedAt: 0, tappedAt: 0, sentAt: [] }

describe('what may still be pushed to a user', () => {
  test('is nothing before they did anything', () => {
    expect(pushesLeft(never, T0)).toBe(0)
  })

  test('is five within 48 hours of a message, to the exact instant', () => {
    const history = { ...never, messagedAt: T0 }
    expect(pushesLeft(history, T0)).toBe(5)
    expect(pushesLeft(history, T0 + 48 * HOUR - 1)).toBe(5)
    expect(pushesLeft(history, T0 + 48 * HOUR)).toBe(0)
  })

  test('is three within a minute of a tap, beside what a message allows', () => {
    expect(pushesLeft({ ...never, tappedAt: T0 }, T0 + 59_999)).toBe(3)
    expect(pushesLeft({ ...never, tappedAt: T0 }, T0 + 60_000)).toBe(0)
    expect(pushesLeft({ messagedAt: T0, tappedAt: T0, sentAt: [] }, T0)).toBe(8)
  })

  test('shrinks with every push since, and is whole again after the next message', () => {
    const sentAt = [T0 + 1, T0 + 2, T0 + 3]
    expect(pushesLeft({ ...never, messagedAt: T0, sentAt }, T0 + 4)).toBe(2)
    expect(pushesLeft({ ...never, messagedAt: T0 + 4, sentAt }, T0 + 4)).toBe(5)
    expect(pushesLeft({ ...never, messagedAt: T0, sentAt: Array(9).fill(T0 + 1) }, T0 + 4)).toBe(0)
  })

  test('takes from the tap first, which ends first', () => {
    const sentAt = [T0 + 1, T0 + 2, T0 + 3, T0 + 4]
    expect(pushesLeft({ messagedAt: T0, tappedAt: T0, sentAt }, T0 + 5)).toBe(4)
    expect(pushesLeft({ messagedAt: T0, tappedAt: T0, sentAt }, T0 + 60_000)).toBe(4)
  })

  test('never exceeds what the platform itself would still take', () => {
    const act = fc.record({
      kind: fc.constantFrom('message', 'tap', 'push', 'wait'),
      ms: fc.nat({ max: 40_000 }),
    })
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        let now = T0
        let grants: Grant[] = []
        const history = { messagedAt: 0, tappedAt: 0, sentAt: [] as number[] }
        for (const { kind, ms } of acts) {
          now += ms + 1
          if (kind === 'message') {
            grants = renew(grants, 'message', now)
            history.messagedAt = now
          } else if (kind === 'tap') {
            grants = renew(grants, 'menu', now)
            history.tappedAt = now
          } else if (kind === 'push') {
            const spent = spend(grants, now)
            if (spent.ok) {
              grants = spent.grants
              history.sentAt.push(now)
            }
          }
        }
        const platform = grants
          .filter(({ expiresAt }) => expiresAt > now)
          .reduce((sum, { left }) => sum + left, 0)
        expect(pushesLeft(history, now)).toBeLessThanOrEqual(platform)
      }),
      { numRuns: 500 },
    )
  })

  test('knows the figures of the platform', () => {
    expect(PUSH_GRANTS).toEqual({
      message: { messages: 5, windowMs: 48 * HOUR },
      tap: { messages: 3, windowMs: 60_000 },
    })
  })
})
