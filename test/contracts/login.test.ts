import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import { browserHash, newBrowser } from '../../src/identity/browser.ts'
import { createGuessGate } from '../../src/identity/guess-gate.ts'
import { createLoginCodes, type LoginCodes } from '../../src/identity/login-codes.ts'
import { createLoginTickets, type MakeSceneQr } from '../../src/identity/login-tickets.ts'
import { createSessions } from '../../src/identity/sessions.ts'
import { createMemoryRateLimits } from '../../src/infra/cache/memory-rate-limits.ts'
import { openStores } from '../../src/infra/db/stores.ts'
import { engines, openTestDatabase } from '../support/databases.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { testPersonHash } from '../support/person-hash.ts'

const T0 = 1_760_000_000_000
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const HASH = 'h'.repeat(43)
/** Each its own. */
const inBrowser = (userAgent = '') => ({
  userAgent,
  browserHash: browserHash(newBrowser(randomBytes)),
  replaces: undefined,
})
/** What somebody types in the browser with this hash. */
const uses = async (codes: LoginCodes, code: string, hash: string) => {
  const used = code.length === 8 ? await codes.useUnbound(code) : await codes.useBound(code, hash)
  return used.ok || used.reason !== 'nothing-open' ? used : { ok: false, reason: 'wrong' }
}

describe.each(engines)('logins on %s', (engine) => {
  let opened: Awaited<ReturnType<typeof openTestDatabase>>
  const ids = createIds(() => T0)
  const stores = () => openStores(opened.knex, ids, testPersonHash)
  beforeAll(async () => {
    opened = await openTestDatabase(engine)
  })
  afterAll(() => opened.drop())

  let count = 0
  const somebody = () => {
    count += 1
    return stores().users.ensure({ account: 'gh_1', openid: `oLogin${count}` }, T0)
  }

  describe('sessions', () => {
    const sessions = () => createSessions({ store: stores().sessions, ids, randomBytes })
    const opens = async (userId: string, now = T0, userAgent = 'Firefox') => {
      const session = await sessions().open(userId, inBrowser(userAgent), now)
      if (!session) throw new Error('no session')
      return session
    }

    test('are found by their token until the instant they end, and by nothing else', async () => {
      const { id: userId } = await somebody()
      const { token, session } = await opens(userId)
      expect(session).toMatchObject({ userId, createdAt: T0, expiresAt: T0 + 30 * DAY_MS })
      expect(session.id).toMatch(/^ses_/)
      expect(await sessions().find(token, T0)).toEqual(session)
      for (const wrong of [
        '',
        session.id,
        `${token}A`,
        token.toLowerCase(),
        token.slice(1),
        '好',
        'x'.repeat(1e5),
      ])
        expect(await sessions().find(wrong, T0)).toBeUndefined()
    })

    test('end 30 days after they were last used, to the millisecond', async () => {
      const { id: userId } = await somebody()
      const unused = await opens(userId)
      expect(await sessions().list(userId, T0 + 30 * DAY_MS - 1)).toHaveLength(1)
      expect(await sessions().list(userId, T0 + 30 * DAY_MS)).toEqual([])
      expect(await sessions().find(unused.token, T0 + 30 * DAY_MS)).toBeUndefined()
      expect(await sessions().find(unused.token, T0 + 30 * DAY_MS - 1)).toMatchObject({
        expiresAt: T0 + 60 * DAY_MS - 1,
      })
      expect(await sessions().find(unused.token, T0 + 60 * DAY_MS - 2)).toBeDefined()
    })

    test('are written back once a day, and only then put off', async () => {
      const { id: userId } = await somebody()
      const { token } = await opens(userId)
      const writes: string[] = []
      const note = ({ sql }: { sql: string }) => writes.push(...(/^(update|insert)/i.test(sql) ? [sql] : []))
      opened.knex.on('query', note)
      expect(await sessions().find(token, T0 + DAY_MS - 1)).toMatchObject({ lastSeenAt: T0 })
      expect(writes).toEqual([])
      const seen = { lastSeenAt: T0 + DAY_MS, expiresAt: T0 + 31 * DAY_MS }
      expect(await sessions().find(token, T0 + DAY_MS)).toMatchObject(seen)
      expect(writes).toHaveLength(1)
      expect(await sessions().find(token, T0 + 2 * DAY_MS - 1)).toMatchObject(seen)
      expect(writes).toHaveLength(1)
      opened.knex.off('query', note)
    })

    test('keep their token as a hash alone', async () => {
      const { id: userId } = await somebody()
      const { token } = await opens(userId)
      const rows = JSON.stringify(await opened.knex('sessions'))
      expect(rows).not.toContain(token)
      expect(rows).toContain(createHash('sha256').update(token).digest('base64url'))
    })

    test('are listed and ended one by one, by their own user alone', async () => {
      const [me, other] = [await somebody(), await somebody()]
      const first = await opens(me.id, T0, 'first')
      const second = await opens(me.id, T0 + 1, 'second')
      expect((await sessions().list(me.id, T0 + 1)).map(({ userAgent }) => userAgent)).toEqual([
        'second',
        'first',
      ])
      expect(await sessions().revoke(other.id, first.session.id)).toBe(false)
      expect(await sessions().revoke(me.id, first.session.id)).toBe(true)
      expect(await sessions().revoke(me.id, first.session.id)).toBe(false)
      expect(await sessions().find(first.token, T0 + 1)).toBeUndefined()
      expect(await sessions().find(second.token, T0 + 1)).toBeDefined()
      await opens(me.id)
      expect(await sessions().revokeAll(me.id)).toBe(2)
      expect(await sessions().revokeAll(me.id)).toBe(0)
    })

    test('end when their user is blocked, and none is opened before the block is lifted', async () => {
      const me = await somebody()
      const { token } = await opens(me.id)
      await stores().users.block(me.id, true, T0)
      expect(await sessions().find(token, T0)).toBeUndefined()
      expect(await sessions().open(me.id, inBrowser(), T0)).toBeUndefined()
      await stores().users.block(me.id, false, T0)
      // The old one stays ended.
      expect(await sessions().find(token, T0)).toBeUndefined()
      expect(await sessions().open(me.id, inBrowser(), T0)).toBeDefined()
    })

    test('never survive a block, however the two meet', async () => {
      const users = await Promise.all(Array.from({ length: 20 }, somebody))
      await Promise.all(
        users.flatMap(({ id }) => [
          sessions().open(id, inBrowser(), T0),
          stores().users.block(id, true, T0),
          sessions().open(id, inBrowser(), T0),
        ]),
      )
      for (const { id } of users) expect(await sessions().list(id, T0)).toEqual([])
    })

    test('end when their user is erased', async () => {
      const me = await somebody()
      const { token } = await opens(me.id)
      await stores().erase(me, 'forgotten', T0)
      expect(await sessions().find(token, T0)).toBeUndefined()
      expect(await sessions().open(me.id, inBrowser(), T0)).toBeUndefined()
    })

    test('beyond fifty, the one longest unseen ends', async () => {
      const me = await somebody()
      const first = await opens(me.id, T0)
      for (let each = 1; each <= 50; each += 1) await opens(me.id, T0 + each)
      expect(await sessions().list(me.id, T0 + 50)).toHaveLength(50)
      expect(await sessions().find(first.token, T0 + 50)).toBeUndefined()
    })

    test('end 180 days after the login, however often they are used', async () => {
      const { id: userId } = await somebody()
      const { token } = await opens(userId)
      for (let day = 20; day < 180; day += 20)
        expect(await sessions().find(token, T0 + day * DAY_MS)).toBeDefined()
      expect(await sessions().find(token, T0 + 180 * DAY_MS - 1)).toMatchObject({
        expiresAt: T0 + 180 * DAY_MS,
      })
      expect(await sessions().find(token, T0 + 180 * DAY_MS)).toBeUndefined()
    })

    test('end with the next login of the same browser, whoever logs in, and with the one that is replaced', async () => {
      const [me, other] = [await somebody(), await somebody()]
      const shared = inBrowser()
      const first = await sessions().open(me.id, shared, T0)
      const elsewhere = await opens(me.id)
      const second = await sessions().open(other.id, shared, T0 + 1)
      expect(await sessions().find(first?.token ?? '', T0 + 1)).toBeUndefined()
      expect(await sessions().find(elsewhere.token, T0 + 1)).toBeDefined()
      // The browser has lost its other cookie.
      const third = await sessions().open(me.id, { ...inBrowser(), replaces: second?.token }, T0 + 2)
      expect(await sessions().find(second?.token ?? '', T0 + 2)).toBeUndefined()
      expect(await sessions().find(third?.token ?? '', T0 + 2)).toBeDefined()
    })

    test('show of a hostile user agent what can be shown', async () => {
      const me = await somebody()
      const { session } = await opens(me.id, T0, `a\u0000b\nc\ud800${'😀'.repeat(300)}`)
      expect(session.userAgent).toMatch(/^a b c\ufffd😀+/u)
      expect(session.userAgent.length).toBeLessThanOrEqual(200)
      expect((await sessions().list(me.id, T0))[0]).toEqual(session)
    })
  })

  describe('tickets', () => {
    const noTries = { take: async () => ({ ok: true as const }), giveBack: async () => {} }
    const at = (now: number, makeSceneQr: MakeSceneQr = async (scene) => `https://qr/${scene}`) =>
      createLoginTickets({
        ...{ store: stores().loginTickets, makeSceneQr, accountQrUrl: 'https://qr/account' },
        ...{ tries: noTries, randomBytes, clock: { now: () => now } },
      })
    const opensTicket = async (browser: string, makeSceneQr?: MakeSceneQr) => {
      const ticket = await at(T0, makeSceneQr).open({ browser, ip: '1.2.3.4', userAgent: 'Firefox' })
      if (!ticket.ok) throw new Error('no ticket')
      return { ...ticket, scene: ticket.qrUrl?.replace('https://qr/', '') ?? '' }
    }

    test('belong to the browser that asked, and their scene is not their name', async () => {
      const browser = newBrowser(randomBytes)
      const { ticket, kind, scene, expiresAt } = await opensTicket(browser)
      expect({ kind, expiresAt }).toEqual({ kind: 'scene', expiresAt: T0 + 5 * MINUTE_MS })
      expect(scene).toMatch(/^lgn-[\w-]{22}$/)
      expect(scene).not.toContain(ticket.slice(4))
      expect(await at(T0).find(ticket, browser)).toMatchObject({ ticket, scene, scannedAt: undefined })
      expect(await at(T0).find(ticket, newBrowser(randomBytes))).toBeUndefined()
      for (const wrong of ['', scene, ticket.toUpperCase(), `${ticket}x`, '好'.repeat(9999)])
        expect(await at(T0).find(wrong, browser)).toBeUndefined()
    })

    test('are scanned until the instant they end; the first scan is remembered', async () => {
      const browser = newBrowser(randomBytes)
      const [me, other] = [await somebody(), await somebody()]
      const { ticket, scene } = await opensTicket(browser)
      expect(await at(T0 + 1).scanned(scene, me.id)).toMatchObject({
        ticket,
        scannedAt: T0 + 1,
        userId: me.id,
      })
      expect(await at(T0 + 5 * MINUTE_MS - 1).scanned(scene, other.id)).toMatchObject({
        ...{ scannedAt: T0 + 1, userId: other.id, browserHash: browserHash(browser) },
      })
      expect(await at(T0 + 5 * MINUTE_MS).scanned(scene, me.id)).toBeUndefined()
      expect(await at(T0).find(ticket, browser)).toMatchObject({ scannedAt: T0 + 1, userId: other.id })
    })

    test('know no scene but their own', async () => {
      const me = await somebody()
      const { ticket } = await opensTicket(newBrowser(randomBytes))
      for (const scene of ['', ticket, 'lgn-', `lgn-${'A'.repeat(22)}`, "lgn-' or 1=1 --", '好'.repeat(64)])
        expect(await at(T0).scanned(scene, me.id)).toBeUndefined()
    })

    test('show the account’s own QR code where there can be no other', async () => {
      const ticket = await opensTicket(newBrowser(randomBytes), async () => undefined)
      expect(ticket).toMatchObject({ kind: 'account', qrUrl: 'https://qr/account' })
    })

    test('have a mark that no other live one has, two digits while there are few, and nobody else’s', async () => {
      const me = await somebody()
      await opened.knex('login_tickets').delete()
      const marks = new Map<string, string>()
      for (let each = 0; each < 150; each += 1) {
        const browser = newBrowser(randomBytes)
        const { mark } = await opensTicket(browser)
        marks.set(mark ?? '', browser)
      }
      expect(marks.size).toBe(150)
      const lengths = [...marks.keys()].map(({ length }) => length)
      expect(lengths.slice(0, 20)).toEqual(Array(20).fill(2))
      expect(Math.max(...lengths)).toBeLessThanOrEqual(4)
      for (const [mark, browser] of [...marks].slice(0, 20))
        expect(await at(T0 + 1).named(mark, me.id)).toMatchObject({ browserHash: browserHash(browser) })
      const [free = ''] = marks.keys()
      expect(await at(T0 + 5 * MINUTE_MS).named(free, me.id)).toBeUndefined()
      for (const wrong of ['', '1', '123456', '4x', '-1', '４２', "42' or 1=1 --"])
        expect(await at(T0).named(wrong, me.id)).toBeUndefined()
    })

    test('have QR codes of their own within a budget of the whole service, then the account’s', async () => {
      const tries = createMemoryRateLimits()
      const tickets = createLoginTickets({
        store: stores().loginTickets,
        makeSceneQr: async (scene) => `https://qr/${scene}`,
        accountQrUrl: 'https://qr/account',
        tries,
        randomBytes,
        clock: { now: () => T0 },
      })
      const kinds = []
      for (let each = 0; each < 305; each += 1) {
        const by = { browser: newBrowser(randomBytes), ip: `10.0.${each}.1`, userAgent: '' }
        const ticket = await tickets.open(by)
        kinds.push(
          ticket.ok && `${ticket.kind} ${ticket.qrUrl === 'https://qr/account'} ${ticket.mark !== null}`,
        )
      }
      expect(kinds.slice(0, 300)).toEqual(Array(300).fill('scene false true'))
      expect(kinds.slice(300)).toEqual(Array(5).fill('account true true'))
    })

    test('are given a mark again once the one before has ended', async () => {
      await opened.knex('login_tickets').delete()
      const always = createLoginTickets({
        store: stores().loginTickets,
        makeSceneQr: async () => undefined,
        accountQrUrl: undefined,
        tries: noTries,
        // The mark is always the same, the names are not.
        randomBytes: (size) => (size === 6 ? Buffer.from([0, 0, 0, 0, 0, 42]) : randomBytes(size)),
        clock: { now: () => now },
      })
      let now = T0
      const by = { browser: newBrowser(randomBytes), ip: '1.2.3.4', userAgent: '' }
      const given = []
      for (let each = 0; each < 5; each += 1) given.push(await always.open(by))
      now = T0 + 5 * MINUTE_MS
      given.push(await always.open(by))
      expect(given.map((ticket) => ticket.ok && ticket.mark)).toEqual([
        ...['42', '042', '0042', '00042'],
        null,
        '42',
      ])
    })

    test('go with the user who scanned them', async () => {
      const browser = newBrowser(randomBytes)
      const me = await somebody()
      const { ticket, scene } = await opensTicket(browser)
      await at(T0).scanned(scene, me.id)
      await stores().erase(me, 'forgotten', T0)
      expect(await at(T0).find(ticket, browser)).toBeUndefined()
    })
  })

  describe('codes', () => {
    const secret = randomBytes(32)
    const at = (now: number, key = secret) =>
      createLoginCodes({ secret: key, store: stores().loginCodes, clock: { now: () => now } })
    const wish = (userId: string, more: { cause?: string; browserHash?: string } = {}) => ({
      ...{ userId, cause: 'm:1', browserHash: undefined },
      ...more,
    })

    test('have eight digits, six for one browser, are good once, and for whoever has the browser they are for', async () => {
      const [me, other] = [await somebody(), await somebody()]
      const free = await at(T0).issue(wish(me.id))
      const bound = await at(T0).issue(wish(other.id, { browserHash: HASH }))
      expect(free).toMatch(/^\d{8}$/)
      expect(bound).toMatch(/^\d{6}$/)
      expect(await uses(at(T0), bound, 'x'.repeat(43))).toEqual({ ok: false, reason: 'wrong' })
      expect(await uses(at(T0), bound, HASH)).toEqual({ ok: true, userId: other.id })
      expect(await uses(at(T0), bound, HASH)).toEqual({ ok: false, reason: 'wrong' })
      expect(await uses(at(T0), free, HASH)).toEqual({ ok: true, userId: me.id })
      expect(await uses(at(T0), free, HASH)).toEqual({ ok: false, reason: 'wrong' })
    })

    test('expire after five minutes, to the millisecond', async () => {
      const me = await somebody()
      const code = await at(T0).issue(wish(me.id))
      expect(await uses(at(T0 + 5 * MINUTE_MS), code, HASH)).toEqual({ ok: false, reason: 'expired' })
      expect(await uses(at(T0 + 5 * MINUTE_MS - 1), code, HASH)).toEqual({ ok: true, userId: me.id })
      expect(await uses(at(T0 + 5 * MINUTE_MS), code, HASH)).toEqual({ ok: false, reason: 'wrong' })
    })

    test('stay the same for the same message, also when they are used, and are not good again', async () => {
      const me = await somebody()
      const code = await at(T0).issue(wish(me.id))
      expect(await at(T0 + 5000).issue(wish(me.id))).toBe(code)
      await uses(at(T0), code, HASH)
      expect(await at(T0 + 10_000).issue(wish(me.id))).toBe(code)
      expect(await uses(at(T0), code, HASH)).toEqual({ ok: false, reason: 'wrong' })
    })

    test('are one for one message, however many processes work on it at once', async () => {
      for (const before of [undefined, 'm:0']) {
        const me = await somebody()
        if (before) await at(T0).issue(wish(me.id, { cause: before }))
        const codes = await Promise.all(Array.from({ length: 10 }, () => at(T0).issue(wish(me.id))))
        expect(new Set(codes).size).toBe(1)
        expect(await uses(at(T0), codes[0] ?? '', HASH)).toEqual({ ok: true, userId: me.id })
      }
    })

    test('take the place of the one before', async () => {
      const me = await somebody()
      const first = await at(T0).issue(wish(me.id))
      const second = await at(T0).issue(wish(me.id, { cause: 'm:2', browserHash: HASH }))
      expect(await uses(at(T0), first, HASH)).toEqual({ ok: false, reason: 'wrong' })
      expect(await uses(at(T0), second, HASH)).toEqual({ ok: true, userId: me.id })
    })

    test('for one browser are good for five guesses there, and none elsewhere counts', async () => {
      const me = await somebody()
      const hash = browserHash(newBrowser(randomBytes))
      for (const [guesses, ok] of [
        [4, true],
        [5, false],
      ] as const) {
        const code = await at(T0).issue(wish(me.id, { cause: `m:${guesses}`, browserHash: hash }))
        const wrong = code === '000000' ? '111111' : '000000'
        for (let each = 0; each < guesses; each += 1) {
          expect(await at(T0).useBound(wrong, hash)).toEqual({ ok: false, reason: 'wrong' })
          expect(await at(T0).useBound(code, HASH)).toEqual({ ok: false, reason: 'nothing-open' })
        }
        expect((await at(T0).useBound(code, hash)).ok).toBe(ok)
      }
    })

    test('log in one browser of two that race', async () => {
      const me = await somebody()
      const code = await at(T0).issue(wish(me.id))
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, browser) => uses(at(T0), code, browserHash(`${browser}`))),
      )
      expect(all.filter(({ ok }) => ok)).toEqual([{ ok: true, userId: me.id }])
    })

    test('are never the same for two users at once: who comes second gets another', async () => {
      const [first, second, third] = [await somebody(), await somebody(), await somebody()]
      const code = await at(T0).issue(wish(second.id))
      // As if the first had been given the very same digits a moment before.
      const row = await opened.knex('login_codes').where({ user_id: second.id }).first()
      await opened.knex('login_codes').where({ user_id: second.id }).delete()
      await opened.knex('login_codes').insert({ ...row, user_id: first.id, cause: 'other' })
      const another = await at(T0).issue(wish(second.id))
      expect(another).not.toBe(code)
      expect(await at(T0).issue(wish(second.id))).toBe(another)
      expect(await uses(at(T0), code, HASH)).toEqual({ ok: true, userId: first.id })
      expect(await uses(at(T0), another, HASH)).toEqual({ ok: true, userId: second.id })
      // What has expired is free again.
      await opened.knex('login_codes').where({ user_id: first.id }).update({ used_at: null })
      await opened.knex('login_codes').where({ user_id: second.id }).delete()
      expect(await at(T0 + 5 * MINUTE_MS).issue(wish(second.id))).toBe(code)
      expect(await at(T0).issue(wish(third.id))).not.toBe(code)
    })

    test('the same digits may be for two browsers, and each has its own user', async () => {
      const [mine, theirs] = [await somebody(), await somebody()]
      const free = await at(T0).issue(wish(mine.id))
      const row = await opened.knex('login_codes').where({ user_id: mine.id }).first()
      // Found by trial: a message whose code has the same digits.
      const store = stores().loginCodes
      const codes = createLoginCodes({ secret, store, clock: { now: () => T0 } })
      await opened.knex('login_codes').where({ user_id: mine.id }).update({ code_hash: row.code_hash })
      const bound = await codes.issue(wish(theirs.id, { browserHash: HASH }))
      expect(bound === free).toBe(false)
      expect(await uses(codes, free, HASH)).toEqual({ ok: true, userId: mine.id })
      expect(await uses(codes, bound, HASH)).toEqual({ ok: true, userId: theirs.id })
    })

    test('are kept by a keyed hash, and open nothing under another secret', async () => {
      const me = await somebody()
      const code = await at(T0).issue(wish(me.id))
      expect(JSON.stringify(await opened.knex('login_codes').where({ user_id: me.id }))).not.toContain(code)
      expect(await uses(at(T0, randomBytes(32)), code, HASH)).toEqual({ ok: false, reason: 'wrong' })
    })

    test('end with a block and with an erasure', async () => {
      const [blocked, erased] = [await somebody(), await somebody()]
      const codes = [await at(T0).issue(wish(blocked.id)), await at(T0).issue(wish(erased.id))]
      await stores().users.block(blocked.id, true, T0)
      await stores().erase(erased, 'left', T0)
      for (const code of codes) expect(await uses(at(T0), code, HASH)).toEqual({ ok: false, reason: 'wrong' })
    })
  })

  describe('the gate for guesses', () => {
    test('lets one of many in, however many processes ask at once, and the next a second later', async () => {
      let now = T0
      const gates = Array.from({ length: 10 }, () =>
        createGuessGate({
          store: stores().loginGate,
          // Whoever has to wait gives up.
          clock: { now: () => now, sleep: () => Promise.reject(new Error('waits')) },
          random: () => 0,
        }),
      )
      const letIn = async () => {
        const turns = await Promise.allSettled(gates.map((gate) => gate.enter()))
        return turns.filter((turn) => turn.status === 'fulfilled' && turn.value.ok).length
      }
      expect(await letIn()).toBe(1)
      now += 999
      expect(await letIn()).toBe(0)
      now += 1
      expect(await letIn()).toBe(1)
    })
  })

  describe('authorizations', () => {
    test('come back once, to the browser that asked, until they end', async () => {
      const { oauthStates } = stores()
      const state = { stateHash: 's'.repeat(43), browserHash: HASH, expiresAt: T0 + 1000 }
      await oauthStates.add(state)
      expect(await oauthStates.use(state.stateHash, 'x'.repeat(43), T0)).toBe(false)
      expect(await oauthStates.use(state.stateHash, HASH, T0 + 1000)).toBe(false)
      const uses = Array.from({ length: 10 }, () => oauthStates.use(state.stateHash, HASH, T0 + 999))
      expect((await Promise.all(uses)).filter(Boolean)).toHaveLength(1)
    })
  })

  test('what has expired is forgotten, a bounded amount at a time', async () => {
    const { forgetLogins, oauthStates } = stores()
    const tables = ['sessions', 'login_tickets', 'login_codes', 'oauth_states']
    const counted = async () =>
      Promise.all(tables.map(async (table) => Number((await opened.knex(table).count({ n: '*' }))[0]?.n)))
    for (let each = 0; each < 3; each += 1)
      await oauthStates.add({ stateHash: `${each}`.repeat(43), browserHash: HASH, expiresAt: T0 + each })
    await opened
      .knex('oauth_states')
      .where({ state_hash: 's'.repeat(43) })
      .delete()
    await forgetLogins(T0, 1)
    expect((await counted())[3]).toBe(2)
    await forgetLogins(T0 + 400 * DAY_MS, 10_000)
    expect(await counted()).toEqual([0, 0, 0, 0])
  })

  test('a clock under it all', () => {
    expect(createManualClock(T0).now()).toBe(T0)
  })
})
