import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import { browserHash, newBrowser } from '../../src/identity/browser.ts'
import { createGuessGate } from '../../src/identity/guess-gate.ts'
import { createLoginByCode, type LoginTry } from '../../src/identity/login-by-code.ts'
import { createLoginCodes } from '../../src/identity/login-codes.ts'
import { createSessions } from '../../src/identity/sessions.ts'
import { createMemoryRateLimits } from '../../src/infra/cache/memory-rate-limits.ts'
import { openStores } from '../../src/infra/db/stores.ts'
import { openTestDatabase } from '../support/databases.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { createMemoryGate } from '../support/memory-gate.ts'
import { testPersonHash } from '../support/person-hash.ts'

const T0 = 1_760_000_000_000
const MINUTE_MS = 60_000

describe('a login by code', () => {
  let opened: Awaited<ReturnType<typeof openTestDatabase>>
  beforeAll(async () => {
    opened = await openTestDatabase('sqlite')
  })
  afterAll(() => opened.drop())

  let count = 0
  /** A service of its own, with nobody's wrong tries in it. */
  const open = () => {
    const clock = createManualClock(T0)
    const ids = createIds(clock.now)
    const stores = openStores(opened.knex, ids, testPersonHash)
    const codes = createLoginCodes({ secret: randomBytes(32), store: stores.loginCodes, clock })
    const sessions = createSessions({ store: stores.sessions, ids, randomBytes })
    const tries = createMemoryRateLimits()
    const gate = createGuessGate({ store: createMemoryGate(), clock, random: () => 0.5 })
    const noWatch = { loggedIn() {}, refused() {}, guessed() {} }
    const login = createLoginByCode({
      codes,
      sessions,
      gate,
      tries,
      watch: noWatch,
      tell: async () => {},
      clock,
    })
    const attempt = (code: string, more: Partial<LoginTry> = {}) =>
      login({ code, browser: 'b'.repeat(43), ip: '192.0.2.1', userAgent: 'Firefox', ...more })
    return {
      clock,
      codes,
      sessions,
      stores,
      /** Whose turn at the gate has come. */
      async attempt(code: string, more: Partial<LoginTry> = {}) {
        const result = await attempt(code, more)
        await clock.advance(1000)
        return result
      },
      attemptAtOnce: attempt,
      async somebodysCode(forBrowser?: string) {
        count += 1
        const user = await stores.users.ensure({ account: 'gh_1', openid: `oByCode${count}` }, T0)
        const hash = forBrowser === undefined ? undefined : browserHash(forBrowser)
        const code = await codes.issue({ userId: user.id, cause: `m:${count}`, browserHash: hash })
        return { user, code }
      },
    }
  }
  /** As many digits, but not the code's. */
  const notThe = (code: string) => String((Number(code) + 1) % 10 ** code.length).padStart(code.length, '0')
  const other = () => ({ browser: newBrowser(randomBytes) })

  test('opens a session for the right code', async () => {
    const { attempt, somebodysCode, sessions } = open()
    const { user, code } = await somebodysCode()
    const result = await attempt(code)
    expect(result).toMatchObject({ ok: true, session: { userId: user.id, userAgent: 'Firefox' } })
    if (result.ok) expect(await sessions.find(result.token, T0)).toEqual(result.session)
  })

  test.each([
    [
      'full-width digits',
      (code: string) => code.replace(/\d/g, (d) => String.fromCharCode(0xff10 + Number(d))),
    ],
    ['a space in the middle', (code: string) => ` ${code.slice(0, 3)} ${code.slice(3)}\n`],
    ['a dash in the middle', (code: string) => `${code.slice(0, 3)}-${code.slice(3)}`],
  ])('takes %s', async (_name, typed) => {
    const { attempt, somebodysCode } = open()
    expect(await attempt(typed((await somebodysCode()).code))).toMatchObject({ ok: true })
  })

  test('ends with the code, at the very millisecond', async () => {
    const { attemptAtOnce, somebodysCode, clock } = open()
    const [first, second] = [await somebodysCode(), await somebodysCode()]
    await clock.advance(5 * MINUTE_MS - 1)
    expect(await attemptAtOnce(first.code)).toMatchObject({ ok: true })
    await clock.advance(1)
    expect(await attemptAtOnce(second.code)).toEqual({ ok: false, reason: 'expired' })
  })

  test('takes of two codes of one user the newer alone', async () => {
    const { attempt, somebodysCode, codes } = open()
    const { user, code } = await somebodysCode()
    const newer = await codes.issue({ userId: user.id, cause: 'm:again', browserHash: undefined })
    expect(await attempt(code)).toEqual({ ok: false, reason: 'wrong' })
    expect(await attempt(newer)).toMatchObject({ ok: true })
  })

  test.each([
    '',
    '12345',
    '1234567',
    '123456789',
    'abcdef',
    '１２３',
    '1e5000',
    '-12345',
    '12 34 5',
    '0x1234',
    '٠١٢٣٤٥',
    '9'.repeat(1e6),
    '1'.repeat(41),
    "' or 1=1 --",
    '\u0000'.repeat(6),
  ])('finds nothing in %j, and counts nothing', async (typed) => {
    const { attempt, somebodysCode } = open()
    for (let each = 0; each < 10; each += 1)
      expect(await attempt(typed)).toEqual({ ok: false, reason: 'wrong' })
    expect(await attempt((await somebodysCode()).code)).toMatchObject({ ok: true })
  })

  test('is refused after five wrong tries of one browser, the right code included', async () => {
    const { attempt, somebodysCode } = open()
    const { code } = await somebodysCode()
    for (let each = 0; each < 5; each += 1)
      expect(await attempt(notThe(code))).toMatchObject({ reason: 'wrong' })
    const refused = await attempt(code)
    expect(refused).toMatchObject({ ok: false, reason: 'too-many-tries' })
    if (!refused.ok && refused.reason === 'too-many-tries') {
      expect(refused.retryAfterMs).toBeGreaterThan(59 * MINUTE_MS)
      expect(refused.retryAfterMs).toBeLessThanOrEqual(60 * MINUTE_MS)
    }
    // The refusal did not use it up.
    expect(await attempt(code, { browser: newBrowser(randomBytes) })).toMatchObject({ ok: true })
  })

  test('is refused after twenty wrong tries from one network, whatever browser', async () => {
    const { attempt, somebodysCode } = open()
    const { code } = await somebodysCode()
    for (let each = 0; each < 20; each += 1)
      expect(await attempt(notThe(code), { ...other(), ip: `2001:db8::${each}` })).toMatchObject({
        reason: 'wrong',
      })
    expect(await attempt(code, { ...other(), ip: '2001:db8::ffff' })).toMatchObject({
      reason: 'too-many-tries',
    })
    expect(await attempt(code, { ...other(), ip: '2001:db8:0:1::1' })).toMatchObject({ ok: true })
  })

  test('that is right does not count', async () => {
    const { attempt, somebodysCode } = open()
    for (let each = 0; each < 30; each += 1)
      expect(await attempt((await somebodysCode()).code)).toMatchObject({ ok: true })
  })

  test('of many at once lets five wrong ones of a browser through, whatever kind of code', async () => {
    for (const browser of [undefined, newBrowser(randomBytes)]) {
      const { attemptAtOnce, somebodysCode, clock } = open()
      const { code } = await somebodysCode(browser)
      const wrong = notThe(code)
      const all = Promise.all(
        Array.from({ length: 50 }, () => attemptAtOnce(wrong, browser === undefined ? {} : { browser })),
      )
      await clock.advance(10_000)
      expect((await all).filter((each) => !each.ok && each.reason === 'wrong')).toHaveLength(5)
    }
  })

  test('counts an IPv6 address in its /64, /56 and /48, so that a network of a thousand others is one', async () => {
    const { attempt, somebodysCode } = open()
    const { code } = await somebodysCode()
    const reasons = []
    for (let each = 0; each < 120; each += 1) {
      const ip = `2001:db8:7:${(each * 257).toString(16)}::1`
      const done = await attempt(notThe(code), { ...other(), ip })
      reasons.push(done.ok ? 'ok' : done.reason)
    }
    expect(reasons.filter((reason) => reason === 'wrong')).toHaveLength(100)
    expect(reasons.at(-1)).toBe('too-many-tries')
    expect(await attempt(code, { ...other(), ip: '2001:db8:8::1' })).toMatchObject({ ok: true })
  })

  test('guesses five times at a code for this browser, and a new code may be guessed at anew', async () => {
    const { attempt, somebodysCode } = open()
    const mine = newBrowser(randomBytes)
    const { code } = await somebodysCode(mine)
    for (let each = 0; each < 5; each += 1)
      expect(await attempt(notThe(code), { browser: mine })).toMatchObject({ reason: 'wrong' })
    for (const late of [code, notThe(code), code])
      expect(await attempt(late, { browser: mine })).toMatchObject({ reason: 'too-many-tries' })
    const { code: next } = await somebodysCode(mine)
    // The worn-out one stays so.
    expect(await attempt(code, { browser: mine })).toMatchObject({ ok: false })
    expect(await attempt(next, { browser: mine })).toMatchObject({ ok: true })
  })

  test('is right at once for a code of this browser, however many guess from its own address', async () => {
    const { attemptAtOnce, somebodysCode, clock } = open()
    const mine = newBrowser(randomBytes)
    const [{ code }, { code: any }] = [await somebodysCode(mine), await somebodysCode()]
    const guesses = Array.from({ length: 200 }, () => attemptAtOnce(notThe(any), other()))
    expect(await attemptAtOnce(code, { browser: mine })).toMatchObject({ ok: true })
    await clock.advance(60_000)
    expect((await Promise.all(guesses)).every(({ ok }) => !ok)).toBe(true)
  })

  test('opens no other browser when it is bound to one', async () => {
    const { attempt, somebodysCode } = open()
    const mine = newBrowser(randomBytes)
    const { code } = await somebodysCode(mine)
    expect(await attempt(code, { browser: newBrowser(randomBytes) })).toEqual({ ok: false, reason: 'wrong' })
    expect(await attempt(code, { browser: mine })).toMatchObject({ ok: true })
  })

  test('fails for who was blocked or erased after the code was given', async () => {
    const { attempt, somebodysCode, stores } = open()
    const [blocked, erased] = [await somebodysCode(), await somebodysCode()]
    await stores.users.block(blocked.user.id, true, T0)
    await stores.erase(erased.user, 'forgotten', T0)
    for (const { code } of [blocked, erased])
      expect(await attempt(code)).toEqual({ ok: false, reason: 'wrong' })
  })
})
