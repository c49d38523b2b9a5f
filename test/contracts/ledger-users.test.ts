import { describe, expect, test } from '@jest/globals'
import { createGiveFreeCalls } from '../../src/quota/free-calls.ts'
import { engines } from '../support/databases.ts'
import { answered, DAY_MS, T0, useLedger } from '../support/ledger.ts'
import { testPersonHash } from '../support/person-hash.ts'

describe.each(engines)('free calls, and users who go, on %s', (engine) => {
  const { stores, person, somebody, asked, end, left, kinds, expectItAddsUp } = useLedger(engine)

  describe('free calls', () => {
    const free = (trialCalls: number, dailyCalls: number) =>
      createGiveFreeCalls({ ledger: stores().ledger, trialCalls, dailyCalls })

    test('come once per person for the trial, once a day for the day', async () => {
      const { id } = await somebody()
      const give = free(10, 3)
      for (const now of [T0, T0, T0 + DAY_MS, T0 + DAY_MS]) await give(id, [`hash ${id}`], now)
      expect(await kinds(id)).toEqual(['grant 10', 'grant 3', 'grant 3'])
      expect(await left(id, T0 + DAY_MS)).toBe(13)
    })

    test('of the trial are not given again under another secret', async () => {
      const { id } = await somebody()
      await free(10, 0)(id, [`old ${id}`], T0)
      await free(10, 0)(id, [`new ${id}`, `old ${id}`], T0)
      expect(await left(id)).toBe(10)
    })

    test('come once when two ask at once', async () => {
      const { id } = await somebody()
      await Promise.all([1, 2, 3, 4].map(() => free(10, 5)(id, [`hash ${id}`], T0)))
      expect(await left(id)).toBe(15)
    })

    test('are none when there are to be none', async () => {
      const { id } = await somebody()
      await free(0, 0)(id, [`hash ${id}`], T0)
      expect(await kinds(id)).toEqual([])
    })
  })

  describe('a user who goes', () => {
    test('by unfollowing finds the calls again when they come back, and no second trial', async () => {
      const { users, erase, ledger } = stores()
      const who = person()
      const user = await users.ensure(who, T0)
      const give = createGiveFreeCalls({ ledger, trialCalls: 10, dailyCalls: 0 })
      await give(user.id, testPersonHash.candidates(who), T0)
      await end(await asked(user.id, 4), answered)
      await asked(user.id, 1)
      expect(await erase(user, 'left', T0)).toBe(true)
      expect(await users.find(who)).toBeUndefined()
      const again = await users.ensure(who, T0)
      expect(again.id).toBe(user.id)
      expect(again.conversationId).not.toBe(user.conversationId)
      await give(again.id, testPersonHash.candidates(who), T0)
      // What was being answered has been given back; the undelivered answer too.
      expect(await left(again.id)).toBe(10)
      await expectItAddsUp()
    })

    test('to be forgotten finds nothing, and gets no second trial', async () => {
      const { users, erase, ledger, knex } = stores()
      const who = person()
      const user = await users.ensure(who, T0)
      const give = createGiveFreeCalls({ ledger, trialCalls: 10, dailyCalls: 0 })
      await give(user.id, testPersonHash.candidates(who), T0)
      const turnId = await asked(user.id, 4)
      await erase(user, 'forgotten', T0)
      expect(await erase(user, 'forgotten', T0)).toBe(false)
      for (const table of ['turns', 'conversations'])
        expect(await knex(table).where({ user_id: user.id })).toEqual([])
      expect(await knex('inbound_messages').where({ openid: who.openid })).toEqual([])
      expect(await stores().turns.find(turnId)).toBeUndefined()
      const again = await users.ensure(who, T0)
      expect(again.id).not.toBe(user.id)
      await give(again.id, testPersonHash.candidates(who), T0)
      expect(await left(again.id)).toBe(0)
      // The figures stay, without the person.
      expect(await kinds(user.id)).toEqual(['grant 10', 'reserve 4', 'release 4', 'expire 10'])
      await expectItAddsUp()
    })

    test('while blocked is blocked when they come back, whichever way they went', async () => {
      const { users, erase } = stores()
      for (const how of ['left', 'forgotten'] as const) {
        const who = person()
        const user = await users.ensure(who, T0)
        expect(await users.block(user.id, true, T0)).toBe(true)
        expect(await users.block(user.id, true, T0)).toBe(false)
        await erase(user, how, T0)
        expect((await users.ensure(who, T0)).blocked).toBe(true)
      }
    })
  })
})
