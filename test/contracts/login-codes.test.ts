import { randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { browserHash, newBrowser } from '../../src/identity/browser.ts'
import { createLoginCodes, type LoginCodes } from '../../src/identity/login-codes.ts'
import { engines } from '../support/databases.ts'
import { HASH, MINUTE_MS, T0, useLoginStores } from '../support/login-stores.ts'

/** What somebody types in the browser with this hash. */
const uses = async (codes: LoginCodes, code: string, hash: string) => {
  const used = code.length === 8 ? await codes.useUnbound(code) : await codes.useBound(code, hash)
  return used.ok || used.reason !== 'nothing-open' ? used : { ok: false, reason: 'wrong' }
}

describe.each(engines)('login codes on %s', (engine) => {
  const { stores, knex, somebody } = useLoginStores(engine)

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
    const row = await knex()('login_codes').where({ user_id: second.id }).first()
    await knex()('login_codes').where({ user_id: second.id }).delete()
    await knex()('login_codes').insert({ ...row, user_id: first.id, cause: 'other' })
    const another = await at(T0).issue(wish(second.id))
    expect(another).not.toBe(code)
    expect(await at(T0).issue(wish(second.id))).toBe(another)
    expect(await uses(at(T0), code, HASH)).toEqual({ ok: true, userId: first.id })
    expect(await uses(at(T0), another, HASH)).toEqual({ ok: true, userId: second.id })
    // What has expired is free again.
    await knex()('login_codes').where({ user_id: first.id }).update({ used_at: null })
    await knex()('login_codes').where({ user_id: second.id }).delete()
    expect(await at(T0 + 5 * MINUTE_MS).issue(wish(second.id))).toBe(code)
    expect(await at(T0).issue(wish(third.id))).not.toBe(code)
  })

  test('the same digits may be for two browsers, and each has its own user', async () => {
    const [mine, theirs] = [await somebody(), await somebody()]
    const free = await at(T0).issue(wish(mine.id))
    const row = await knex()('login_codes').where({ user_id: mine.id }).first()
    // Found by trial: a message whose code has the same digits.
    const store = stores().loginCodes
    const codes = createLoginCodes({ secret, store, clock: { now: () => T0 } })
    await knex()('login_codes').where({ user_id: mine.id }).update({ code_hash: row.code_hash })
    const bound = await codes.issue(wish(theirs.id, { browserHash: HASH }))
    expect(bound === free).toBe(false)
    expect(await uses(codes, free, HASH)).toEqual({ ok: true, userId: mine.id })
    expect(await uses(codes, bound, HASH)).toEqual({ ok: true, userId: theirs.id })
  })

  test('are kept by a keyed hash, and open nothing under another secret', async () => {
    const me = await somebody()
    const code = await at(T0).issue(wish(me.id))
    expect(JSON.stringify(await knex()('login_codes').where({ user_id: me.id }))).not.toContain(code)
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
