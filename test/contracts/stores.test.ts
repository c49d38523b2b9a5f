import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import type { Incoming } from '../../src/conversation/incoming.ts'
import type { NewTurn } from '../../src/conversation/turn.ts'
import { createKnexDeliveries } from '../../src/infra/db/knex-deliveries.ts'
import { createKnexInbox } from '../../src/infra/db/knex-inbox.ts'
import { createKnexTurns } from '../../src/infra/db/knex-turns.ts'
import { createKnexUsers } from '../../src/infra/db/knex-users.ts'
import { engines, openTestDatabase } from '../support/databases.ts'

const T0 = 1_760_000_000_000

describe.each(engines)('the stores on %s', (engine) => {
  let opened: Awaited<ReturnType<typeof openTestDatabase>>
  const stores = () => {
    const ids = createIds(() => T0)
    const { knex } = opened
    return {
      ids,
      inbox: createKnexInbox(knex),
      users: createKnexUsers(knex, ids),
      turns: createKnexTurns(knex),
      deliveries: createKnexDeliveries(knex),
    }
  }
  beforeAll(async () => {
    opened = await openTestDatabase(engine)
  })
  afterAll(() => opened.drop())

  let count = 0
  const somebody = () => {
    count += 1
    return { account: 'gh_1', openid: `oUser${count}` }
  }
  const message = (more: Partial<Incoming> = {}): Incoming => ({
    person: somebody(),
    messageKey: 'm:1',
    said: { kind: 'text', text: '你好 😀' },
    receivedAt: T0,
    doorClosesAt: T0 + 4500,
    ...more,
  })
  const newTurn = async (more: Partial<NewTurn> = {}): Promise<NewTurn> => {
    const { users, ids } = stores()
    const user = await users.ensure(somebody(), T0)
    const conversationId = user.conversationId
    return {
      ...{ id: ids.next('trn'), userId: user.id, conversationId, messageKey: 'm:1', question: '你好 😀' },
      ...{ createdAt: T0, doorClosesAt: T0 + 4500, ...more },
    }
  }
  const begun = async () => {
    const turn = await newTurn()
    await stores().turns.begin(turn)
    return turn
  }
  const answered = async () => {
    const { turns } = stores()
    const { id } = await begun()
    const claimed = await turns.claim(id, T0, T0 + 1000)
    await turns.end(
      id,
      claimed?.attempt ?? 0,
      { status: 'answered', answer: '好', channel: 'c', model: 'm', usage: undefined },
      T0,
    )
    return id
  }

  describe('inbox', () => {
    test('opens a message once, however many ask at the same time', async () => {
      const { inbox } = stores()
      const incoming = message()
      const opens = await Promise.all(Array.from({ length: 20 }, () => inbox.open(incoming)))
      expect(opens.filter(Boolean)).toHaveLength(1)
    })

    test('keeps apart two users with the same MsgId, and OpenIDs that differ in case alone', async () => {
      const { inbox } = stores()
      const first = message()
      expect(await inbox.open(first)).toBe(true)
      expect(await inbox.open({ ...first, person: { ...first.person, openid: 'other' } })).toBe(true)
      const shouted = { ...first.person, openid: first.person.openid.toUpperCase() }
      expect(await inbox.open({ ...first, person: shouted })).toBe(true)
      expect(await inbox.open({ ...first, person: { ...first.person, account: 'gh_2' } })).toBe(true)
      expect(await inbox.open({ ...first, messageKey: 'm:2' })).toBe(true)
      expect(await inbox.open(first)).toBe(false)
    })

    test('knows the turn that a message became', async () => {
      const { inbox, turns, users, ids } = stores()
      const incoming = message()
      await inbox.open(incoming)
      expect(await inbox.turnOf(incoming)).toBeUndefined()
      const user = await users.ensure(incoming.person, T0)
      const id = ids.next('trn')
      await turns.begin(await newTurn({ id, userId: user.id, conversationId: user.conversationId }))
      expect(await inbox.turnOf(incoming)).toBe(id)
      expect(await inbox.turnOf({ ...incoming, messageKey: 'm:2' })).toBeUndefined()
    })
  })

  describe('users', () => {
    test('makes one user with one conversation when many ask at once', async () => {
      const { users } = stores()
      const person = somebody()
      const all = await Promise.all(Array.from({ length: 10 }, () => users.ensure(person, T0)))
      expect(new Set(all.map((user) => user.id)).size).toBe(1)
      expect(new Set(all.map((user) => user.conversationId)).size).toBe(1)
      const rows = await opened.knex('conversations').where({ user_id: all[0]?.id })
      expect(rows).toHaveLength(1)
    })

    test('notes following and leaving', async () => {
      const { users } = stores()
      const person = somebody()
      expect(await users.find(person)).toBeUndefined()
      await users.followed(person, T0)
      expect(await users.find(person)).toMatchObject({ following: true })
      await users.unfollowed(person, T0 + 1)
      expect(await users.find(person)).toMatchObject({ following: false })
      await users.followed(person, T0 + 2)
      expect(await users.find(person)).toMatchObject({ following: true })
    })
  })

  describe('turns', () => {
    test('one message becomes one turn when two processes race', async () => {
      const { turns, ids } = stores()
      const turn = await newTurn()
      const begins = await Promise.all(
        Array.from({ length: 10 }, () => turns.begin({ ...turn, id: ids.next('trn') })),
      )
      expect(begins.filter(({ isNew }) => isNew)).toHaveLength(1)
      expect(new Set(begins.map(({ id }) => id)).size).toBe(1)
    })

    test('are read back as they were asked, with the asker', async () => {
      const { turns } = stores()
      const turn = await begun()
      expect(await turns.find(turn.id)).toMatchObject({
        ...{ id: turn.id, userId: turn.userId, status: 'received', question: '你好 😀', createdAt: T0 },
        ...{ openid: expect.stringMatching(/^oUser/), answer: undefined, attempt: 0 },
      })
      expect(await turns.find('trn_none')).toBeUndefined()
    })

    test('are claimed by one worker until its lease runs out', async () => {
      const { turns } = stores()
      const { id } = await begun()
      const claims = await Promise.all(Array.from({ length: 10 }, () => turns.claim(id, T0, T0 + 1000)))
      expect(claims.filter(Boolean)).toHaveLength(1)
      expect(await turns.claim(id, T0 + 999, T0 + 2000)).toBeUndefined()
      expect(await turns.claim(id, T0 + 1000, T0 + 2000)).toMatchObject({ attempt: 2, status: 'answering' })
    })

    test('are no longer renewed or ended by a worker that lost its lease', async () => {
      const { turns } = stores()
      const { id } = await begun()
      await turns.claim(id, T0, T0 + 1000)
      expect(await turns.renew(id, 1, T0 + 2000)).toBe(true)
      await turns.claim(id, T0 + 2000, T0 + 3000)
      const end = { status: 'answered', answer: 'late', channel: 'c', model: 'm', usage: undefined } as const
      expect(await turns.renew(id, 1, T0 + 9000)).toBe(false)
      expect(await turns.end(id, 1, end, T0)).toBe(false)
      expect(await turns.end(id, 2, { ...end, answer: 'good' }, T0)).toBe(true)
      expect(await turns.end(id, 2, { ...end, answer: 'again' }, T0)).toBe(false)
      expect(await turns.find(id)).toMatchObject({ status: 'answered', answer: 'good' })
    })

    test('that failed keep why, and are not claimed again', async () => {
      const { turns } = stores()
      const { id } = await begun()
      await turns.claim(id, T0, T0 + 1000)
      await turns.end(id, 1, { status: 'failed', failure: 'timed-out', refusalCode: 'ABCD2345' }, T0)
      expect(await turns.find(id)).toMatchObject({
        status: 'failed',
        failure: 'timed-out',
        refusalCode: 'ABCD2345',
      })
      expect(await turns.claim(id, T0 + 5000, T0 + 6000)).toBeUndefined()
    })

    test('give the history of their conversation, newest first, answered ones alone', async () => {
      const { turns, ids, users } = stores()
      const user = await users.ensure(somebody(), T0)
      const turnIds: string[] = []
      for (let index = 0; index < 5; index += 1) {
        const id = ids.next('trn')
        turnIds.push(id)
        const base = await newTurn({ id, userId: user.id, conversationId: user.conversationId })
        await turns.begin({ ...base, messageKey: `m:${index}`, question: `q${index}` })
        if (index === 2) continue
        await turns.claim(id, T0, T0 + 1)
        await turns.end(
          id,
          1,
          { status: 'answered', answer: `a${index}`, channel: 'c', model: 'm', usage: undefined },
          T0,
        )
      }
      const past = await turns.history(user.conversationId, turnIds[4] ?? '', 2)
      expect(past).toEqual([
        { question: 'q3', answer: 'a3' },
        { question: 'q1', answer: 'a1' },
      ])
    })

    test('that nobody works on are found by the sweep', async () => {
      const { turns } = stores()
      const { id } = await begun()
      expect(await turns.unfinished(T0, 10_000)).toContain(id)
      await turns.claim(id, T0, T0 + 1000)
      expect(await turns.unfinished(T0 + 999, 10_000)).not.toContain(id)
      expect(await turns.unfinished(T0 + 1000, 10_000)).toContain(id)
    })
  })

  describe('deliveries', () => {
    test('the reply and the push never both win', async () => {
      const { deliveries } = stores()
      for (let round = 0; round < 20; round += 1) {
        const id = await answered()
        await deliveries.closeDoor(id, T0)
        const [replied, pushed] = await Promise.all([
          deliveries.reply(id, ['x'], T0),
          deliveries.startPush(id, T0, T0 + 1000),
        ])
        expect([replied, Boolean(pushed)].filter(Boolean)).toHaveLength(1)
      }
    })

    test('nobody pushes while the door is open, anybody may once it must have closed', async () => {
      const { deliveries } = stores()
      const id = await answered()
      expect(await deliveries.startPush(id, T0 + 4499, T0 + 9000)).toBeUndefined()
      expect(await deliveries.startPush(id, T0 + 4500, T0 + 9000)).toMatchObject({ status: 'pushing' })
      expect(await deliveries.startPush(id, T0 + 8999, T0 + 9999)).toBeUndefined()
      expect(await deliveries.reply(id, ['x'], T0)).toBe(false)
      expect(await deliveries.closeDoor(id, T0)).toBe(false)
    })

    test('a push is resumed at the first part that is not confirmed, with the same parts', async () => {
      const { deliveries } = stores()
      const id = await answered()
      await deliveries.closeDoor(id, T0)
      await deliveries.startPush(id, T0, T0 + 1000)
      await deliveries.storeParts(id, ['一', '二', '三'])
      expect(await deliveries.partSent(id, 1, T0, T0 + 1000)).toBe(true)
      expect(await deliveries.partSent(id, 1, T0, T0 + 1000)).toBe(false)
      const resumed = await deliveries.startPush(id, T0 + 1000, T0 + 2000)
      expect(resumed).toMatchObject({ parts: ['一', '二', '三'], partsSent: 1 })
      await deliveries.postponePush(id, T0 + 5000, T0)
      expect(await deliveries.startPush(id, T0 + 4999, T0 + 9000)).toBeUndefined()
      expect(await deliveries.startPush(id, T0 + 5000, T0 + 9000)).toBeDefined()
      expect(await deliveries.endPush(id, 'delivered', T0)).toBe(true)
      expect(await deliveries.endPush(id, 'held', T0)).toBe(false)
      expect(await deliveries.find(id)).toMatchObject({ status: 'delivered', partsSent: 1 })
    })

    test('a reply of several parts holds the rest', async () => {
      const { deliveries } = stores()
      const id = await answered()
      expect(await deliveries.reply(id, ['一', '二'], T0)).toBe(true)
      expect(await deliveries.find(id)).toEqual({
        turnId: id,
        status: 'held',
        parts: ['一', '二'],
        partsSent: 1,
      })
    })

    test('what is due is what has an answer and nobody to carry it', async () => {
      const { deliveries } = stores()
      const waiting = await begun()
      const done = await answered()
      await deliveries.closeDoor(waiting.id, T0)
      const due = () => deliveries.due(T0 + 4500, 10_000)
      expect(await due()).toContain(done)
      expect(await due()).not.toContain(waiting.id)
      expect(await deliveries.due(T0 + 4499, 10_000)).not.toContain(done)
      await deliveries.reply(done, ['x'], T0)
      expect(await due()).not.toContain(done)
    })
  })
})
