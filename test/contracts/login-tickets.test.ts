import { randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { browserHash, newBrowser } from '../../src/identity/browser.ts'
import { createLoginTickets, type MakeSceneQr } from '../../src/identity/login-tickets.ts'
import { createMemoryRateLimits } from '../../src/infra/cache/memory-rate-limits.ts'
import { engines } from '../support/databases.ts'
import { MINUTE_MS, T0, useLoginStores } from '../support/login-stores.ts'

describe.each(engines)('login tickets on %s', (engine) => {
  const { stores, knex, somebody } = useLoginStores(engine)

  const noTries = { take: async () => ({ ok: true as const }), giveBack: async () => {} }
  const at = (now: number, makeSceneQr: MakeSceneQr = async (scene) => `https://qr/${scene}`) =>
    createLoginTickets({
      ...{ store: stores().loginTickets, makeSceneQr, accountQrUrl: async () => 'https://qr/account' },
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
    await knex()('login_tickets').delete()
    const marks = new Map<string, string>()
    for (let each = 0; each < 150; each += 1) {
      const browser = newBrowser(randomBytes)
      const { mark } = await opensTicket(browser)
      marks.set(mark ?? '', browser)
    }
    expect(marks.size).toBe(150)
    const lengths = [...marks.keys()].map(({ length }) => length)
    // Chance may give four marks in a row that are taken.
    expect(lengths.slice(0, 20).filter((digits) => digits === 2).length).toBeGreaterThan(15)
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
      accountQrUrl: async () => 'https://qr/account',
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
    await knex()('login_tickets').delete()
    const always = createLoginTickets({
      store: stores().loginTickets,
      makeSceneQr: async () => undefined,
      accountQrUrl: async () => undefined,
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
