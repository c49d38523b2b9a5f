import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { browserHash, newBrowser } from '../../src/identity/browser.ts'
import { createSessions } from '../../src/identity/sessions.ts'
import { engines } from '../support/databases.ts'
import { DAY_MS, T0, useLoginStores } from '../support/login-stores.ts'

/** Each its own. */
const inBrowser = (userAgent = '') => ({
  userAgent,
  browserHash: browserHash(newBrowser(randomBytes)),
  replaces: undefined,
})

describe.each(engines)('sessions on %s', (engine) => {
  const { ids, stores, knex, somebody } = useLoginStores(engine)

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
    knex().on('query', note)
    expect(await sessions().find(token, T0 + DAY_MS - 1)).toMatchObject({ lastSeenAt: T0 })
    expect(writes).toEqual([])
    const seen = { lastSeenAt: T0 + DAY_MS, expiresAt: T0 + 31 * DAY_MS }
    expect(await sessions().find(token, T0 + DAY_MS)).toMatchObject(seen)
    expect(writes).toHaveLength(1)
    expect(await sessions().find(token, T0 + 2 * DAY_MS - 1)).toMatchObject(seen)
    expect(writes).toHaveLength(1)
    knex().off('query', note)
  })

  test('keep their token as a hash alone', async () => {
    const { id: userId } = await somebody()
    const { token } = await opens(userId)
    const rows = JSON.stringify(await knex()('sessions'))
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
