import { describe, expect, test } from '@jest/globals'
import { engines } from '../support/databases.ts'
import { T0, useStores } from '../support/stores.ts'

describe.each(engines)('the stores on %s', (engine) => {
  const { knex, stores, somebody, message, newTurn } = useStores(engine)

  describe('inbox', () => {
    test('opens a message once, however many ask at the same time, and counts them', async () => {
      const { inbox } = stores()
      const incoming = message()
      const opens = await Promise.all(Array.from({ length: 20 }, () => inbox.open(incoming)))
      expect(opens.filter(({ isNew }) => isNew)).toHaveLength(1)
      expect(Math.max(...opens.map(({ attempt }) => attempt))).toBe(20)
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
