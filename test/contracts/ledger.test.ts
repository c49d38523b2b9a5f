import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createIds } from '../../src/base/ids.ts'
import type { Incoming } from '../../src/conversation/incoming.ts'
import type { TurnEnd } from '../../src/conversation/turn.ts'
import { createKnexErase } from '../../src/infra/db/knex-erase.ts'
import { createKnexInbox } from '../../src/infra/db/knex-inbox.ts'
import { createKnexLedger } from '../../src/infra/db/knex-ledger.ts'
import { createKnexTurns } from '../../src/infra/db/knex-turns.ts'
import { createKnexUsers } from '../../src/infra/db/knex-users.ts'
import { createGiveFreeCalls } from '../../src/quota/free-calls.ts'
import type { Gift } from '../../src/quota/grant.ts'
import { engines, openTestDatabase } from '../support/databases.ts'
import { testPersonHash } from '../support/person-hash.ts'

const T0 = Date.parse('2026-11-25T12:00:00+08:00')
const DAY_MS = 86_400_000

const answered: TurnEnd = {
  ...{ status: 'answered', ending: 'whole', answer: 'a', channel: 'c', model: 'm', usage: undefined },
}
const failed: TurnEnd = { status: 'failed', failure: 'model-failed', refusalCode: 'X' }

type Act =
  | { act: 'give'; calls: number; days: number }
  | { act: 'ask'; price: number }
  | { act: 'answer' | 'fail' | 'refund'; which: number }
  | { act: 'wait' | 'expire' }
  | { act: 'take'; calls: number }

describe.each(engines)('the ledger on %s', (engine) => {
  let opened: Awaited<ReturnType<typeof openTestDatabase>>
  const ids = createIds(() => T0)
  const stores = () => {
    const { knex } = opened
    return {
      knex,
      inbox: createKnexInbox(knex),
      users: createKnexUsers(knex, ids, testPersonHash),
      turns: createKnexTurns(knex),
      ledger: createKnexLedger(knex, ids),
      erase: createKnexErase(knex, testPersonHash),
    }
  }
  beforeAll(async () => {
    opened = await openTestDatabase(engine)
  })
  afterAll(() => opened.drop())

  let count = 0
  const person = () => {
    count += 1
    return { account: 'gh_1', openid: `oLedger${count}` }
  }
  const somebody = (who = person()) => stores().users.ensure(who, T0)
  const gift = (userId: string, calls: number, more: Partial<Gift> = {}): Gift => {
    count += 1
    return {
      userId,
      kind: 'operator',
      source: `test:${count}`,
      calls,
      expiresAt: undefined,
      reason: 'test',
      ...more,
    }
  }
  /** A question of `price` calls; as many may wait as there are. */
  const ask = async (userId: string, price = 1, now = T0) => {
    const { knex, turns } = stores()
    count += 1
    const messageKey = `m:${count}`
    const user = await knex('users').where({ id: userId }).first()
    const incoming: Incoming = {
      person: { account: 'gh_1', openid: user.openid },
      ...{
        messageKey,
        said: { kind: 'text', text: 'x' },
        receivedAt: now,
        doorClosesAt: now + 1,
      },
    }
    return turns.begin({
      ...{ id: ids.next('trn'), userId, conversationId: user.conversation_id, question: 'x', incoming },
      ...{ cost: { model: 'm', price, ownKey: false }, maxWaiting: 1000 },
    })
  }
  const asked = async (userId: string, price = 1, now = T0): Promise<string> => {
    const begun = await ask(userId, price, now)
    if (!begun.ok) throw new Error(begun.reason)
    return begun.id
  }
  const end = async (id: string, how: TurnEnd, now = T0): Promise<void> => {
    const claimed = await stores().turns.claim(id, now, now + 1)
    expect(await stores().turns.end(id, claimed?.attempt ?? 0, how, now)).toBe(true)
  }
  const left = async (userId: string, now = T0) => (await stores().ledger.balance(userId, now)).remaining
  const kinds = async (userId: string) =>
    (await stores().ledger.entries(userId, 100)).map(({ kind, calls }) => `${kind} ${calls}`).toReversed()
  /** Every figure is what its entries add up to, and nothing is held for nobody. */
  const expectItAddsUp = async () =>
    expect(await stores().ledger.reconcile(T0, true)).toEqual({ differences: [], strays: [] })

  test('reserves when a question is taken and settles when it is answered', async () => {
    const { id } = await somebody()
    await stores().ledger.give(gift(id, 10), T0)
    const turnId = await asked(id, 3)
    expect(await left(id)).toBe(7)
    await end(turnId, answered)
    expect(await left(id)).toBe(7)
    expect(await kinds(id)).toEqual(['grant 10', 'reserve 3', 'settle 3'])
    await expectItAddsUp()
  })

  test('releases what a failed question reserved', async () => {
    const { id } = await somebody()
    await stores().ledger.give(gift(id, 10), T0)
    await end(await asked(id, 3), failed)
    expect(await left(id)).toBe(10)
    expect(await kinds(id)).toEqual(['grant 10', 'reserve 3', 'release 3'])
  })

  test('refunds an answer once, and only one that was charged', async () => {
    const { id } = await somebody()
    await stores().ledger.give(gift(id, 10), T0)
    const turnId = await asked(id, 2)
    await stores().turns.refund(turnId, T0)
    await end(turnId, answered)
    await Promise.all([1, 2, 3].map(() => stores().turns.refund(turnId, T0)))
    expect(await left(id)).toBe(10)
    expect(await kinds(id)).toEqual(['grant 10', 'reserve 2', 'settle 2', 'refund 2'])
    await expectItAddsUp()
  })

  test('spends what runs out first, across grants, and gives it back to where it came from', async () => {
    const { ledger } = stores()
    const { id } = await somebody()
    await ledger.give(gift(id, 5), T0)
    await ledger.give(gift(id, 2, { expiresAt: T0 + DAY_MS }), T0)
    const turnId = await asked(id, 4)
    expect(await ledger.balance(id, T0)).toEqual({
      ...{ remaining: 3, grants: [{ kind: 'operator', remaining: 3, expiresAt: undefined }] },
    })
    await end(turnId, failed)
    expect((await ledger.balance(id, T0)).grants.map(({ remaining }) => remaining)).toEqual([2, 5])
  })

  test('refuses a question that is dearer than what is left, and changes nothing', async () => {
    const { id } = await somebody()
    await stores().ledger.give(gift(id, 2), T0)
    expect(await ask(id, 3)).toEqual({ ok: false, reason: 'no-calls', left: 2 })
    expect(await kinds(id)).toEqual(['grant 2'])
    expect(await opened.knex('turns').where({ user_id: id })).toEqual([])
  })

  test('answers exactly ten of a hundred simultaneous questions when ten calls are left', async () => {
    const { id } = await somebody()
    await stores().ledger.give(gift(id, 4, { expiresAt: T0 + DAY_MS }), T0)
    await stores().ledger.give(gift(id, 6), T0)
    const begun = await Promise.all(Array.from({ length: 100 }, () => ask(id)))
    expect(begun.filter(({ ok }) => ok)).toHaveLength(10)
    expect(begun.filter((each) => !each.ok && each.reason === 'no-calls' && each.left === 0)).toHaveLength(90)
    expect(await left(id)).toBe(0)
    await expectItAddsUp()
  })

  test('takes one question for a message that comes twice at once, for one price', async () => {
    const { turns, users } = stores()
    const user = await users.ensure(person(), T0)
    await stores().ledger.give(gift(user.id, 1), T0)
    const incoming: Incoming = {
      ...{ person: user, messageKey: 'm:twin', said: { kind: 'text', text: 'x' } },
      ...{ receivedAt: T0, doorClosesAt: T0 + 1 },
    }
    const twin = () => ({
      ...{
        id: ids.next('trn'),
        userId: user.id,
        conversationId: user.conversationId,
        question: 'x',
        incoming,
      },
      ...{ cost: { model: 'm', price: 1, ownKey: false }, maxWaiting: 3 },
    })
    const begun = await Promise.all(Array.from({ length: 8 }, () => turns.begin(twin())))
    const known = begun.flatMap((each) => (each.ok ? [each.id] : []))
    expect(known).toHaveLength(8)
    expect(new Set(known).size).toBe(1)
    expect(await kinds(user.id)).toEqual(['grant 1', 'reserve 1'])
  })

  test('lets no more wait than may, however many come at once', async () => {
    const { turns, users } = stores()
    const user = await users.ensure(person(), T0)
    const one = (number: number) =>
      turns.begin({
        ...{ id: ids.next('trn'), userId: user.id, conversationId: user.conversationId, question: 'x' },
        incoming: {
          ...{ person: user, messageKey: `m:wait${number}`, said: { kind: 'text', text: 'x' } },
          ...{ receivedAt: T0, doorClosesAt: T0 + 1 },
        },
        ...{ cost: { model: 'm', price: 0, ownKey: true }, maxWaiting: 3 },
      })
    const begun = await Promise.all(Array.from({ length: 20 }, (_, number) => one(number)))
    expect(begun.filter(({ ok }) => ok)).toHaveLength(4)
    expect(begun).toContainEqual({ ok: false, reason: 'too-many-waiting', waiting: 4 })
  })

  test('gives once per source, however many give at once', async () => {
    const { ledger } = stores()
    const { id } = await somebody()
    const same = gift(id, 7)
    const given = await Promise.all(Array.from({ length: 10 }, () => ledger.give(same, T0)))
    expect(given.filter(Boolean)).toHaveLength(1)
    expect(await left(id)).toBe(7)
  })

  test('enters what has run out, also when it comes back after that', async () => {
    const { ledger } = stores()
    const { id } = await somebody()
    await ledger.give(gift(id, 5, { expiresAt: T0 + 10 }), T0)
    const turnId = await asked(id, 2)
    await ledger.expire(T0 + 9, 100)
    expect(await left(id, T0 + 9)).toBe(3)
    expect(await left(id, T0 + 10)).toBe(0)
    await ledger.expire(T0 + 10, 100)
    await end(turnId, failed, T0 + 11)
    expect(await left(id, T0 + 11)).toBe(0)
    await ledger.expire(T0 + 12, 100)
    expect(await kinds(id)).toEqual(['grant 5', 'reserve 2', 'expire 3', 'release 2', 'expire 2'])
    await expectItAddsUp()
  })

  test('lets an operator take back what is left, and no more', async () => {
    const { ledger } = stores()
    const { id } = await somebody()
    await ledger.give(gift(id, 5), T0)
    await asked(id, 2)
    expect(await ledger.takeBack(id, 10, 'a mistake', T0)).toBe(3)
    expect(await ledger.takeBack(id, 10, 'a mistake', T0)).toBe(0)
    expect(await kinds(id)).toEqual(['grant 5', 'reserve 2', 'correction -3'])
    await expectItAddsUp()
  })

  test('tells of figures that are not what the entries say, and puts them right', async () => {
    const { ledger, knex } = stores()
    const { id } = await somebody()
    await ledger.give(gift(id, 5), T0)
    const turnId = await asked(id, 2)
    await knex('grants').where({ user_id: id }).update({ left_calls: 9, held_calls: 0 })
    const difference = { userId: id, left: { was: 9, is: 3 }, held: { was: 0, is: 2 } }
    expect((await ledger.reconcile(T0, true)).differences).toEqual([expect.objectContaining(difference)])
    expect(await left(id)).toBe(9)
    expect((await ledger.reconcile(T0, false)).differences).toHaveLength(1)
    expect(await left(id)).toBe(3)
    await end(turnId, answered)
    await expectItAddsUp()
  })

  test('releases what is reserved for a turn that nobody will end, once', async () => {
    const { ledger, knex } = stores()
    const { id } = await somebody()
    await ledger.give(gift(id, 5), T0)
    const turnId = await asked(id, 2)
    await knex('turns').where({ id: turnId }).delete()
    expect((await ledger.reconcile(T0, true)).strays).toEqual([{ turnId, userId: id, calls: 2 }])
    await Promise.all([1, 2, 3].map(() => ledger.reconcile(T0, false)))
    expect(await left(id)).toBe(5)
    expect(await kinds(id)).toEqual(['grant 5', 'reserve 2', 'release 2'])
  })

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

  test('adds up after anything that can happen, in any order', async () => {
    const act: fc.Arbitrary<Act> = fc.oneof(
      fc.record({
        act: fc.constant('give' as const),
        calls: fc.integer({ min: 1, max: 9 }),
        days: fc.nat(2),
      }),
      fc.record({ act: fc.constant('ask' as const), price: fc.integer({ min: 0, max: 5 }) }),
      fc.record({
        act: fc.constantFrom('answer' as const, 'fail' as const, 'refund' as const),
        which: fc.nat(),
      }),
      fc.record({ act: fc.constantFrom('wait' as const, 'expire' as const) }),
      fc.record({ act: fc.constant('take' as const), calls: fc.integer({ min: 1, max: 9 }) }),
    )
    const run = async (acts: Act[]) => {
      const { ledger, turns } = stores()
      const { id } = await somebody()
      let now = T0
      let given = 0
      const open: string[] = []
      const ended: string[] = []
      const pick = (from: string[], which: number) => from[which % Math.max(1, from.length)]
      for (const each of acts) {
        if (each.act === 'give') {
          given += each.calls
          const expiresAt = each.days > 0 ? now + each.days * DAY_MS : undefined
          await ledger.give(gift(id, each.calls, { expiresAt }), now)
        } else if (each.act === 'ask') {
          const begun = await ask(id, each.price, now)
          if (begun.ok) open.push(begun.id)
        } else if (each.act === 'answer' || each.act === 'fail') {
          const turnId = pick(open, each.which)
          if (!turnId) continue
          open.splice(open.indexOf(turnId), 1)
          ended.push(turnId)
          await end(turnId, each.act === 'answer' ? answered : failed, now)
        } else if (each.act === 'refund') {
          const turnId = pick(ended, each.which)
          if (turnId) await turns.refund(turnId, now)
        } else if (each.act === 'take') await ledger.takeBack(id, each.calls, 'test', now)
        else if (each.act === 'wait') now += DAY_MS
        else await ledger.expire(now, 100)
      }
      expect(await ledger.reconcile(now, true)).toEqual({ differences: [], strays: [] })
      const entries = await ledger.entries(id, 1000)
      const sum = (...of: string[]) =>
        entries.reduce((total, { kind, calls }) => total + (of.includes(kind) ? calls : 0), 0)
      const held = sum('reserve') - sum('settle') - sum('release')
      const spent = sum('settle') - sum('refund')
      await ledger.expire(now, 100)
      // Nothing comes from nowhere, nothing vanishes.
      expect(sum('grant')).toBe(given)
      const after = await ledger.entries(id, 1000)
      const gone = after.reduce((total, { kind, calls }) => total + (kind === 'expire' ? calls : 0), 0)
      expect(await left(id, now)).toBe(given - held - spent - gone + sum('correction'))
    }
    const rounds = engine === 'sqlite' ? 60 : 15
    await fc.assert(fc.asyncProperty(fc.array(act, { maxLength: 25 }), run), { numRuns: rounds })
  }, 60_000)
})
