import { describe, expect, test } from '@jest/globals'
import { SPENT_FOR_MS } from '../../src/base/post-age.ts'
import { engines } from '../support/databases.ts'
import { T0, useStores } from '../support/stores.ts'

describe.each(engines)('the stores on %s', (engine) => {
  const { knex, stores, somebody, message, newTurn } = useStores(engine)

  describe('inbox', () => {
    test('opens a message once, however many ask at the same time, and counts them', async () => {
      const { inbox } = stores()
      const incoming = message()
      const opens = await Promise.all(Array.from({ length: 20 }, () => inbox.open(incoming)))
      expect(opens.filter((opened) => !('isSpent' in opened) && opened.isNew)).toHaveLength(1)
      expect(Math.max(...opens.map((opened) => ('isSpent' in opened ? 0 : opened.attempt)))).toBe(20)
    })

    test('keeps apart two users with the same MsgId, and OpenIDs that differ in case alone', async () => {
      const { inbox } = stores()
      const first = message()
      const others = [
        { ...first, person: { ...first.person, openid: 'other' } },
        { ...first, person: { ...first.person, openid: first.person.openid.toUpperCase() } },
        { ...first, person: { ...first.person, account: 'gh_2' } },
        { ...first, messageKey: 'm:2' },
      ]
      for (const incoming of [first, ...others])
        expect(await inbox.open(incoming)).toEqual({ isNew: true, attempt: 1 })
      expect(await inbox.open(first)).toEqual({
        isNew: false,
        attempt: 2,
        firstAt: T0,
        hasKeptData: false,
        turnId: undefined,
        reply: undefined,
      })
    })

    test('knows the turn that a message became, and what it was answered with', async () => {
      const { inbox, turns, deliveries } = stores()
      const incoming = message()
      const turn = await newTurn(incoming)
      await turns.begin(turn)
      expect(await inbox.open(incoming)).toMatchObject({ turnId: turn.id, reply: undefined })
      await deliveries.handOver(turn.id, 0, ['好'], '好', incoming, T0)
      expect(await inbox.open(incoming)).toMatchObject({ attempt: 3, turnId: turn.id, reply: '好' })
      expect(await inbox.replyTo(incoming)).toBe('好')
    })

    test('knows when a message came first', async () => {
      const { inbox } = stores()
      const incoming = message({ receivedAt: T0 + 5 })
      await inbox.open(incoming)
      expect(await inbox.open({ ...incoming, receivedAt: T0 + 5000 })).toMatchObject({ firstAt: T0 + 5 })
    })

    test('takes no message again of somebody who was erased, by whoever it comes at the same time', async () => {
      const { inbox, users, erase } = stores()
      const person = somebody()
      const said = ['m:1', 'm:2', 'e:x'].map((messageKey) => message({ person, messageKey }))
      const bystander = message()
      for (const each of [...said, bystander]) await inbox.open(each)
      const user = await users.ensure(person, T0)
      expect(await erase(user, 'left', T0 + 1)).toBe(true)
      const again = await Promise.all([...said, ...said, ...said].map((each) => inbox.open(each)))
      expect(again).toEqual(again.map(() => ({ isSpent: true })))
      expect(await knex()('inbound_messages').where(person)).toEqual([])
      expect(await inbox.open(bystander)).toMatchObject({ isNew: false })
      expect(await inbox.open(message({ person, messageKey: 'm:3' }))).toMatchObject({ isNew: true })
      // What is kept says nothing of who it was.
      const kept = JSON.stringify(await knex()('spent_messages'))
      expect(kept).not.toContain(person.openid)
    })

    test('takes none either of somebody who was no user when they left', async () => {
      const { inbox, erase } = stores()
      const incoming = message()
      await inbox.open(incoming)
      expect(await erase(incoming.person, 'left', T0)).toBe(false)
      expect(await inbox.open(incoming)).toEqual({ isSpent: true })
    })

    test('keeps hashes for messages that could be posted again alone, and forgets them by age', async () => {
      const { inbox, erase } = stores()
      const person = somebody()
      const old = message({ person, messageKey: 'm:old', receivedAt: T0 - SPENT_FOR_MS - 1 })
      const fresh = message({ person, messageKey: 'm:fresh', receivedAt: T0 - SPENT_FOR_MS })
      for (const each of [old, fresh]) await inbox.open(each)
      await erase(person, 'left', T0)
      expect(await inbox.open(old)).toMatchObject({ isNew: true })
      await inbox.forgetSpent(T0)
      expect(await inbox.open(fresh)).toEqual({ isSpent: true })
      await inbox.forgetSpent(T0 + 1)
      expect(await inbox.open(fresh)).toMatchObject({ isNew: true })
    })
  })

  describe('users', () => {
    test('makes one user with one conversation when many ask at once', async () => {
      const { users } = stores()
      const person = somebody()
      const all = await Promise.all(Array.from({ length: 10 }, () => users.ensure(person, T0)))
      expect(new Set(all.map((user) => user.id)).size).toBe(1)
      expect(new Set(all.map((user) => user.conversationId)).size).toBe(1)
      const rows = await knex()('conversations').where({ user_id: all[0]?.id })
      expect(rows).toHaveLength(1)
    })

    test('notes following and leaving', async () => {
      const { users } = stores()
      const person = somebody()
      expect(await users.find(person)).toBeUndefined()
      await users.followed(person, T0)
      expect(await users.find(person)).toMatchObject({ following: true })
    })
  })

  describe('the push ledger', () => {
    test('tells what the user did and what was pushed since', async () => {
      const { users, ledger } = stores()
      const user = await users.ensure(somebody(), T0)
      expect(await ledger.history(user.id, 0)).toEqual({ messagedAt: 0, tappedAt: 0, sentAt: [] })
      await users.acted(user.id, 'message', T0 + 1)
      await users.acted(user.id, 'tap', T0 + 2)
      await knex()('pushes').insert([10, 20, 30].map((ms) => ({ user_id: user.id, sent_at: T0 + ms })))
      expect(await ledger.history(user.id, T0 + 20)).toEqual({
        ...{ messagedAt: T0 + 1, tappedAt: T0 + 2 },
        sentAt: [T0 + 20, T0 + 30],
      })
      await ledger.forget(T0 + 30)
      expect((await ledger.history(user.id, 0)).sentAt).toEqual([T0 + 30])
    })
  })

  describe('elections', () => {
    test('give an office to one holder until its term ends', async () => {
      const { elections } = stores()
      const runs = await Promise.all(
        ['a', 'b', 'c', 'd'].map((holder) => elections.hold('sweep', holder, T0, T0 + 60)),
      )
      expect(runs.filter(Boolean)).toHaveLength(1)
      const holder = ['a', 'b', 'c', 'd'][runs.indexOf(true)] ?? ''
      expect(await elections.hold('sweep', holder, T0 + 59, T0 + 100)).toBe(true)
      expect(await elections.hold('sweep', 'x', T0 + 99, T0 + 200)).toBe(false)
      expect(await elections.hold('sweep', 'x', T0 + 100, T0 + 200)).toBe(true)
      expect(await elections.hold('other', holder, T0, T0 + 1)).toBe(true)
    })
  })
})
