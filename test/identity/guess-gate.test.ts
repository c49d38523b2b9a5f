import { randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import type { Tries } from '../../src/base/tries.ts'
import { newBrowser } from '../../src/identity/browser.ts'
import { createGuessGate } from '../../src/identity/guess-gate.ts'
import { createLoginByCode } from '../../src/identity/login-by-code.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createMemoryGate } from '../support/memory-gate.ts'

const T0 = 1_760_000_000_000
const SECOND_MS = 1000
const HOUR_MS = 3_600_000

/** Counts as the service does, on the test's clock. */
const createTries = (now: () => number): Tries => {
  const windows = new Map<string, { from: number; count: number }>()
  return {
    async take(key, { limit, windowMs }) {
      const known = windows.get(key)
      const window = known && now() - known.from < windowMs ? known : { from: now(), count: 0 }
      windows.set(key, window)
      if (window.count >= limit) return { ok: false, retryAfterMs: window.from + windowMs - now() }
      window.count += 1
      return { ok: true }
    },
    async giveBack(key) {
      const window = windows.get(key)
      if (window) window.count -= 1
    },
  }
}

/** A service of several processes, whose codes are known to the test alone. */
const openService = (processes: number) => {
  const clock = createManualClock(T0)
  const store = createMemoryGate()
  const tries = createTries(clock.now)
  const evaluatedAt: number[] = []
  let right: string | undefined
  let seed = 1
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647
    return seed / 2_147_483_647
  }
  const session = {
    id: 'ses_1',
    userId: 'usr_1',
    createdAt: T0,
    lastSeenAt: T0,
    expiresAt: T0,
    userAgent: '',
  }
  const codes = {
    useBound: async () => ({ ok: true as const, userId: 'usr_1' }),
    async useUnbound(code: string) {
      evaluatedAt.push(clock.now())
      return code === right
        ? { ok: true as const, userId: 'usr_1' }
        : { ok: false as const, reason: 'wrong' as const }
    },
  }
  const alarms: number[] = []
  const logins = Array.from({ length: processes }, () =>
    createLoginByCode({
      codes,
      sessions: { open: async () => ({ token: '', session }) },
      gate: createGuessGate({ store, clock, random }),
      tries,
      watch: { loggedIn() {}, refused() {}, guessed: (count) => alarms.push(count) },
      tell: async () => {},
      clock,
    }),
  )
  return {
    clock,
    evaluatedAt,
    alarms,
    random,
    rightIs(code: string | undefined) {
      right = code
    },
    login(code: string, ip: string, process = 0) {
      const by = { code, browser: newBrowser(randomBytes), ip, userAgent: '' }
      return logins[process]?.(by) ?? Promise.reject(new Error('no such process'))
    },
  }
}

describe('guesses at codes that any browser may type', () => {
  test('are one a second at most over all processes and a thousand networks, and an hour has 540 at most', async () => {
    const service = openService(3)
    const { clock, evaluatedAt, alarms } = service
    const guess = (count: number) =>
      Array.from({ length: count }, (_, at) => {
        const network = Math.floor(service.random() * 1000)
        const ip =
          at % 2 === 0 ? `2001:db8:${network.toString(16)}::1` : `10.${network >> 8}.${network & 255}.1`
        return service.login('00000000', ip, at % 3)
      })
    const all: Promise<unknown>[] = []
    for (let second = 0; second < 3600; second += 1) {
      if (second < 60 || second % 10 === 0) all.push(...guess(40))
      else all.push(...guess(4))
      await clock.advance(SECOND_MS)
    }
    await clock.advance(10 * SECOND_MS)
    await Promise.all(all)
    const gaps = evaluatedAt.slice(1).map((at, index) => at - (evaluatedAt[index] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(SECOND_MS)
    expect(evaluatedAt.length).toBeGreaterThan(300)
    expect(evaluatedAt.filter((at) => at < T0 + HOUR_MS).length).toBeLessThanOrEqual(540)
    expect(alarms[0]).toBe(201)
  }, 60_000)

  test('that are few wait for nobody, and right ones do not make others wait', async () => {
    const service = openService(2)
    service.rightIs('12345678')
    for (let each = 0; each < 300; each += 1)
      expect(await service.login('12345678', '192.0.2.1', each % 2)).toMatchObject({ ok: true })
    expect(service.clock.sleeping()).toBe(0)
    expect(service.alarms).toEqual([])
  })

  test('leave somebody with a right code a way in while a hundred others guess', async () => {
    const service = openService(2)
    service.rightIs('12345678')
    let isIn = false
    let tries = 0
    for (let second = 0; second < 120 && !isIn; second += 1) {
      for (let each = 0; each < 2; each += 1) void service.login('00000000', `10.0.${second}.${each}`, each)
      if (second % 9 === 0) {
        tries += 1
        void service.login('12345678', '203.0.113.7').then(({ ok }) => {
          isIn ||= ok
        })
      }
      await service.clock.advance(SECOND_MS)
    }
    expect(isIn).toBe(true)
    expect(tries).toBeLessThan(14)
  })

  test('go on when a process has shut the gate with a clock that runs ahead', async () => {
    const clock = createManualClock(T0)
    const store = createMemoryGate()
    const before = await store.state()
    await store.change(before, { freeAt: T0 + 24 * HOUR_MS, guesses: 3, since: T0 + 24 * HOUR_MS })
    const gate = createGuessGate({ store, clock, random: () => 0 })
    expect(await gate.enter()).toMatchObject({ ok: true })
  })
})
