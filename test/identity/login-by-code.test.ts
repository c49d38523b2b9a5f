import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import { browserHash, newBrowser } from '../../src/identity/browser.ts'
import { createLoginByCode, type LoginTry } from '../../src/identity/login-by-code.ts'
import { createLoginCodes } from '../../src/identity/login-codes.ts'
import { createSessions } from '../../src/identity/sessions.ts'
import { createMemoryRateLimits } from '../../src/infra/cache/memory-rate-limits.ts'
import { openStores } from '../../src/infra/db/stores.ts'
import { openTestDatabase } from '../support/databases.ts'
import { createManualClock } from '../support/manual-clock.ts'
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
    const login = createLoginByCode({ codes, sessions, tries, clock, random: () => 0.5 })
    return {
      ...{ clock, codes, sessions, stores },
      attempt: (code: string, more: Partial<LoginTry> = {}) =>
        login({ code, browser: 'b'.repeat(43), ip: '192.0.2.1', userAgent: 'Firefox', ...more }),
      async somebodysCode(forBrowser?: string) {
        count += 1
        const user = await stores.users.ensure({ account: 'gh_1', openid: `oByCode${count}` }, T0)
        const hash = forBrowser === undefined ? undefined : browserHash(forBrowser)
        const code = await codes.issue({ userId: user.id, cause: `m:${count}`, browserHash: hash })
        return { user, code }
      },
    }
  }
  /** Six digits that are not the code's. */
  const notThe = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0')

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
    const { attempt, somebodysCode, clock } = open()
    const [first, second] = [await somebodysCode(), await somebodysCode()]
    await clock.advance(5 * MINUTE_MS - 1)
    expect(await attempt(first.code)).toMatchObject({ ok: true })
    await clock.advance(1)
    expect(await attempt(second.code)).toEqual({ ok: false, reason: 'expired' })
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
    const other = () => ({ browser: newBrowser(randomBytes) })
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

  test('of many at once lets five wrong ones through', async () => {
    const { attempt, somebodysCode } = open()
    const { code } = await somebodysCode()
    const results = await Promise.all(Array.from({ length: 50 }, () => attempt(notThe(code))))
    expect(results.filter((each) => !each.ok && each.reason === 'wrong')).toHaveLength(5)
  })

  test('slows down for everybody while wrong codes pile up, and refuses nobody for it', async () => {
    const { attempt, somebodysCode, clock } = open()
    const { code } = await somebodysCode()
    for (let each = 0; each < 200; each += 1)
      await attempt(notThe(code), { browser: newBrowser(randomBytes), ip: `10.0.${each}.1` })
    expect(clock.sleeping()).toBe(0)
    let done = false
    const slow = attempt(code, { ip: '203.0.113.7' }).finally(() => {
      done = true
    })
    await clock.advance(1999)
    expect(clock.sleeping()).toBe(1)
    expect(done).toBe(false)
    await clock.advance(1)
    expect(await slow).toMatchObject({ ok: true })
  })

  test('bound to a browser opens no other', async () => {
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
