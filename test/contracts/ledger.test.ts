import { describe, expect, test } from '@jest/globals'
import type { Incoming } from '../../src/conversation/incoming.ts'
import { engines } from '../support/databases.ts'
import { answered, DAY_MS, failed, T0, useLedger } from '../support/ledger.ts'

describe.each(engines)('the ledger on %s', (engine) => {
  const { ids, stores, person, somebody, gift, ask, asked, end, left, kinds, expectItAddsUp } =
    useLedger(engine)

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
    expect(await stores().knex('turns').where({ user_id: id })).toEqual([])
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
})
