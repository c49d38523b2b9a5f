import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import type { Incoming } from '../../src/conversation/incoming.ts'
import type { NewTurn } from '../../src/conversation/turn.ts'
import { createKnexDeliveries } from '../../src/infra/db/knex-deliveries.ts'
import { createKnexElections } from '../../src/infra/db/knex-elections.ts'
import { createKnexInbox } from '../../src/infra/db/knex-inbox.ts'
import { createKnexPushLedger } from '../../src/infra/db/knex-push-ledger.ts'
import { createKnexTurns } from '../../src/infra/db/knex-turns.ts'
import { createKnexUsers } from '../../src/infra/db/knex-users.ts'
import { engines, openTestDatabase } from '../support/databases.ts'
import { testPersonHash } from '../support/person-hash.ts'

const T0 = 1_760_000_000_000

describe.each(engines)('the stores on %s', (engine) => {
  let opened: Awaited<ReturnType<typeof openTestDatabase>>
  const ids = createIds(() => T0)
  const stores = () => {
    const { knex } = opened
    return {
      ids,
      inbox: createKnexInbox(knex),
      users: createKnexUsers(knex, ids, testPersonHash),
      turns: createKnexTurns(knex),
      deliveries: createKnexDeliveries(knex),
      ledger: createKnexPushLedger(knex),
      elections: createKnexElections(knex),
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
  const newTurn = async (incoming = message(), more: Partial<NewTurn> = {}): Promise<NewTurn> => {
    const { users, ids, inbox } = stores()
    await inbox.open(incoming)
    const user = await users.ensure(incoming.person, T0)
    const turn = { id: ids.next('trn'), userId: user.id, conversationId: user.conversationId }
    const cost = { model: undefined, price: 0, ownKey: false }
    return { ...turn, question: '你好 😀', incoming, cost, maxWaiting: 3, ...more }
  }
  const begun = async () => {
    const turn = await newTurn()
    await stores().turns.begin(turn)
    return turn
  }
  const whole = {
    ...({ status: 'answered', ending: 'whole', answer: '好' } as const),
    ...{ channel: 'c', model: 'm', usage: undefined },
  }
  const answeredTurn = async (incoming = message()): Promise<NewTurn> => {
    const { turns } = stores()
    const turn = await newTurn(incoming)
    await turns.begin(turn)
    await turns.claim(turn.id, T0, T0 + 1000)
    await turns.end(turn.id, 1, whole, T0)
    return turn
  }
  const answered = async (): Promise<string> => (await answeredTurn()).id

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
      const rows = await opened.knex('conversations').where({ user_id: all[0]?.id })
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

  describe('turns', () => {
    test('one message becomes one turn when two processes race', async () => {
      const { turns, ids } = stores()
      const turn = await newTurn()
      const begins = await Promise.all(
        Array.from({ length: 10 }, () => turns.begin({ ...turn, id: ids.next('trn') })),
      )
      const known = begins.flatMap((begun) => (begun.ok ? [begun] : []))
      expect(known).toHaveLength(10)
      expect(known.filter(({ isNew }) => isNew)).toHaveLength(1)
      expect(new Set(known.map(({ id }) => id)).size).toBe(1)
    })

    test('asked on the page have nothing to deliver', async () => {
      const { turns, deliveries } = stores()
      const turn = await newTurn(message({ onPage: true }))
      await turns.begin(turn)
      await turns.claim(turn.id, T0, T0 + 1000)
      await turns.end(turn.id, 1, whole, T0)
      expect(await deliveries.find(turn.id)).toMatchObject({ status: 'replied' })
      expect(await deliveries.startPush(turn.id, T0 + 10_000, T0 + 20_000)).toBeUndefined()
      expect(await deliveries.due(T0 + 10_000, 10_000)).not.toContain(turn.id)
      await deliveries.takeBackReplies(T0 + 100_000)
      expect(await deliveries.find(turn.id)).toMatchObject({ status: 'replied' })
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
      expect(await turns.renew(id, 1, T0 + 2000)).toBe('held')
      await turns.claim(id, T0 + 2000, T0 + 3000)
      const end = { ...whole, answer: 'late' }
      expect(await turns.renew(id, 1, T0 + 9000)).toBe('lost')
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
      const { turns } = stores()
      const person = somebody()
      const asked: NewTurn[] = []
      for (let index = 0; index < 5; index += 1) {
        const turn = await newTurn(message({ person, messageKey: `m:${index}` }), { question: `q${index}` })
        asked.push(turn)
        await turns.begin(turn)
        if (index === 2) continue
        await turns.claim(turn.id, T0, T0 + 1)
        await turns.end(turn.id, 1, { ...whole, answer: `a${index}` }, T0)
      }
      const last = asked[4]
      const past = await turns.history(last?.conversationId ?? '', last?.id ?? '', 2)
      expect(past).toEqual([
        { question: 'q3', answer: 'a3' },
        { question: 'q1', answer: 'a1' },
      ])
      expect(await turns.lastQuestion(last?.userId ?? '', last?.conversationId ?? '')).toBe('q4')
    })

    test('of one user stand in line, in the order of the questions', async () => {
      const { turns, deliveries } = stores()
      const person = somebody()
      const [first, second] = [
        await newTurn(message({ person, messageKey: 'm:1' })),
        await newTurn(message({ person, messageKey: 'm:2' })),
      ]
      expect(await turns.frontOfLine(first.userId)).toBeUndefined()
      await turns.begin(first)
      await turns.begin(second)
      expect((await turns.unfinishedOf(first.userId)).map(({ id }) => id)).toEqual([first.id, second.id])
      await turns.claim(first.id, T0, T0 + 1)
      await turns.end(first.id, 1, whole, T0)
      expect(await turns.frontOfLine(first.userId)).toBe(first.id)
      await deliveries.handOver(first.id, 0, ['好'], '好', first.incoming, T0)
      expect(await turns.frontOfLine(first.userId)).toBe(second.id)
      await deliveries.closeDoor(second.id, 'held', T0)
      expect(await turns.frontOfLine(first.userId)).toBe(second.id)
      await turns.claim(second.id, T0, T0 + 1)
      await turns.end(second.id, 1, whole, T0)
      expect(await turns.frontOfLine(first.userId)).toBeUndefined()
    })

    test('of the page wait for no answer that is on its way to WeChat, nor for what waits for it', async () => {
      const { turns } = stores()
      const person = somebody()
      const ask = async (messageKey: string, onPage: boolean) => {
        const turn = await newTurn(message({ person, messageKey, ...(onPage ? { onPage } : {}) }))
        await turns.begin(turn)
        return turn
      }
      const end = async ({ id }: NewTurn) => {
        await turns.claim(id, T0, T0 + 1)
        await turns.end(id, 1, whole, T0)
      }
      const first = await ask('m:1', false)
      const onPage = await ask('w:2', true)
      expect(await turns.frontOfPage(first.userId)).toBe(first.id)
      await end(first)
      // Answered, but not on the phone yet.
      expect(await turns.frontOfLine(first.userId)).toBe(first.id)
      expect(await turns.frontOfPage(first.userId)).toBe(onPage.id)
      await end(onPage)
      const [inWechat, onPageAgain] = [await ask('m:3', false), await ask('w:4', true)]
      expect(await turns.frontOfPage(first.userId)).toBe(onPageAgain.id)
      await end(onPageAgain)
      expect(await turns.frontOfPage(first.userId)).toBeUndefined()
      expect((await turns.unfinishedOf(first.userId)).map(({ id }) => id)).toEqual([inWechat.id])
    })

    test('asked on the page are remembered as such, and asked again only in their own conversation', async () => {
      const { turns, users } = stores()
      const turn = await newTurn(message({ messageKey: 'w:1', onPage: true }), { question: 'on the page' })
      await turns.begin(turn)
      expect(await turns.find(turn.id)).toMatchObject({ onPage: true })
      await turns.claim(turn.id, T0, T0 + 1)
      await turns.end(turn.id, 1, whole, T0)
      expect(await turns.lastQuestion(turn.userId, turn.conversationId)).toBe('on the page')
      const other = await users.newConversation(turn.userId, T0)
      expect(await turns.lastQuestion(turn.userId, other)).toBeUndefined()
    })

    test('is refused when its conversation is gone', async () => {
      const { turns } = stores()
      const turn = await newTurn()
      const begun = await turns.begin({ ...turn, conversationId: 'cnv_gone' })
      expect(begun).toEqual({ ok: false, reason: 'no-conversation' })
    })

    test('take more text until somebody begins to answer them', async () => {
      const { turns, inbox } = stores()
      const turn = await begun()
      const adding = async (text: string) => {
        const added = message({ person: turn.incoming.person, messageKey: `m:${text}` })
        await inbox.open(added)
        return { text, added, ok: await turns.append(turn.id, text, added) }
      }
      const tried = await Promise.all(['一', '二', '三', '四'].map(adding))
      const taken = tried.filter(({ ok }) => ok)
      const question = (await turns.find(turn.id))?.question.split('\n') ?? []
      expect(taken.length).toBeGreaterThan(0)
      expect(question.slice(1).toSorted()).toEqual(taken.map(({ text }) => text).toSorted())
      for (const { added, text } of taken) {
        expect(await inbox.open(added)).toMatchObject({ turnId: turn.id })
        expect(await turns.append(turn.id, text, added)).toBe(false)
      }
      await turns.markQueued(turn.id)
      expect(await turns.find(turn.id)).toMatchObject({ status: 'queued' })
      expect(await adding('还行')).toMatchObject({ ok: true })
      await turns.claim(turn.id, T0, T0 + 1)
      await turns.markQueued(turn.id)
      expect(await turns.find(turn.id)).toMatchObject({ status: 'answering' })
      expect(await adding('太晚')).toMatchObject({ ok: false })
    })

    test('that the user stops are told to whoever holds them', async () => {
      const { turns } = stores()
      const { id, userId } = await begun()
      await turns.claim(id, T0, T0 + 1000)
      expect(await turns.requestStop(userId)).toBe(1)
      expect(await turns.requestStop(userId)).toBe(0)
      expect(await turns.renew(id, 1, T0 + 2000)).toBe('stop')
      expect(await turns.renew(id, 2, T0 + 2000)).toBe('lost')
    })

    test('are charged when they are answered, and refunded when nobody can read it', async () => {
      const { turns } = stores()
      const id = await answered()
      const charged = async () => Boolean((await opened.knex('turns').where({ id }).first('charged')).charged)
      expect(await charged()).toBe(true)
      await turns.refund(id, T0)
      expect(await charged()).toBe(false)
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
    test('a part is handed over or pushed, never both', async () => {
      const { deliveries } = stores()
      for (let round = 0; round < 20; round += 1) {
        const { id, incoming } = await answeredTurn()
        await deliveries.closeDoor(id, 'late', T0)
        const [handed, pushed] = await Promise.all([
          deliveries.handOver(id, 0, ['x'], 'x', incoming, T0),
          deliveries.startPush(id, T0, T0 + 1000),
        ])
        expect([handed, Boolean(pushed)].filter(Boolean)).toHaveLength(1)
      }
    })

    test('nobody pushes while the door is open, anybody may once it must have closed', async () => {
      const { deliveries } = stores()
      const { id, incoming } = await answeredTurn()
      expect(await deliveries.startPush(id, T0 + 4499, T0 + 9000)).toBeUndefined()
      expect(await deliveries.startPush(id, T0 + 4500, T0 + 9000)).toMatchObject({ status: 'pushing' })
      expect(await deliveries.startPush(id, T0 + 8999, T0 + 9999)).toBeUndefined()
      expect(await deliveries.renewPush({ turnId: id, attempt: 1 }, T0 + 20_000)).toBe(true)
      expect(await deliveries.startPush(id, T0 + 9000, T0 + 9999)).toBeUndefined()
      expect(await deliveries.handOver(id, 0, ['x'], 'x', incoming, T0)).toBe(false)
      expect(await deliveries.closeDoor(id, 'late', T0)).toBe(false)
    })

    test('a push is resumed at the first part that is not confirmed, with the same parts', async () => {
      const { deliveries, ledger } = stores()
      const { id, userId } = await answeredTurn()
      await deliveries.closeDoor(id, 'late', T0)
      const first = { turnId: id, attempt: 1 }
      expect(await deliveries.startPush(id, T0, T0 + 1000)).toMatchObject(first)
      await deliveries.storeParts(first, ['一', '二', '三'])
      expect(await deliveries.partSent(first, 1, T0, T0 + 1000)).toBe(true)
      expect(await deliveries.partSent(first, 1, T0, T0 + 1000)).toBe(false)
      expect((await ledger.history(userId, T0)).sentAt).toEqual([T0])
      const resumed = await deliveries.startPush(id, T0 + 1000, T0 + 2000)
      const second = { turnId: id, attempt: 2 }
      expect(resumed).toMatchObject({ ...second, parts: ['一', '二', '三'], partsSent: 1 })
      await deliveries.postponePush(second, T0 + 5000, T0)
      expect(await deliveries.startPush(id, T0 + 4999, T0 + 9000)).toBeUndefined()
      expect(await deliveries.startPush(id, T0 + 5000, T0 + 9000)).toBeDefined()
      const third = { turnId: id, attempt: 3 }
      expect(await deliveries.endPush(third, T0)).toBe(true)
      expect(await deliveries.holdPush(third, 'refused', T0)).toBe(false)
      expect(await deliveries.find(id)).toMatchObject({ status: 'delivered', partsSent: 1 })
    })

    test('a pusher whose lease ran out can do nothing to the push of its successor', async () => {
      const { deliveries } = stores()
      const { id } = await answeredTurn()
      await deliveries.closeDoor(id, 'late', T0)
      await deliveries.startPush(id, T0, T0 + 1000)
      await deliveries.startPush(id, T0 + 1000, T0 + 2000)
      const stale = { turnId: id, attempt: 1 }
      expect(await deliveries.renewPush(stale, T0 + 9000)).toBe(false)
      expect(await deliveries.partSent(stale, 1, T0, T0 + 9000)).toBe(false)
      expect(await deliveries.holdPush(stale, 'refused', T0)).toBe(false)
      expect(await deliveries.endPush(stale, T0)).toBe(false)
      expect(await deliveries.expirePush(stale, true, T0)).toBe(false)
      await deliveries.postponePush(stale, T0 + 9000, T0)
      expect(await deliveries.find(id)).toMatchObject({ status: 'pushing', partsSent: 0 })
      expect(await deliveries.endPush({ turnId: id, attempt: 2 }, T0)).toBe(true)
    })

    test('what can no longer be delivered is refunded in the same step, once', async () => {
      const { deliveries } = stores()
      const { id } = await answeredTurn()
      await deliveries.closeDoor(id, 'late', T0)
      await deliveries.startPush(id, T0, T0 + 1000)
      const push = { turnId: id, attempt: 1 }
      expect(await deliveries.expirePush(push, true, T0)).toBe(true)
      expect(await deliveries.expirePush(push, true, T0)).toBe(false)
      expect(await deliveries.find(id)).toMatchObject({ status: 'expired' })
      const row = await opened.knex('turns').where({ id }).first('charged')
      expect(Boolean(row.charged)).toBe(false)
    })

    test('parts are handed over one by one, each once, each remembered by its message', async () => {
      const { deliveries, inbox } = stores()
      const { id, incoming } = await answeredTurn()
      const parts = ['一', '二']
      const hands = [1, 2, 3].map(() => deliveries.handOver(id, 0, parts, '一…', incoming, T0))
      expect((await Promise.all(hands)).filter(Boolean)).toHaveLength(1)
      expect(await deliveries.find(id)).toEqual({ turnId: id, status: 'held', parts, partsSent: 1 })
      // One message is answered once: a second part needs a message of its own.
      expect(await deliveries.handOver(id, 1, parts, '二', incoming, T0)).toBe(false)
      const next = message({ person: incoming.person, messageKey: 'm:next' })
      await inbox.open(next)
      expect(await deliveries.handOver(id, 1, parts, '二', next, T0)).toBe(true)
      expect(await deliveries.find(id)).toMatchObject({ status: 'replied', partsSent: 2 })
      expect([await inbox.replyTo(incoming), await inbox.replyTo(next)]).toEqual(['一…', '二'])
    })

    test('a reply that nobody confirmed in time is late again, a confirmed one never', async () => {
      const { deliveries } = stores()
      const lost = await answeredTurn()
      const kept = await answeredTurn()
      for (const { id, incoming } of [lost, kept])
        await deliveries.handOver(id, 0, ['好'], '好', incoming, T0)
      await deliveries.confirmReply(kept.id)
      await deliveries.takeBackReplies(T0 + 19_999)
      expect(await deliveries.find(lost.id)).toMatchObject({ status: 'replied' })
      await deliveries.takeBackReplies(T0 + 20_000)
      expect(await deliveries.find(lost.id)).toMatchObject({ status: 'late', parts: ['好'], partsSent: 0 })
      expect(await deliveries.find(kept.id)).toMatchObject({ status: 'replied', partsSent: 1 })
    })

    test('what comes next is the oldest that nobody has seen, else the newest with a rest', async () => {
      const { deliveries } = stores()
      const person = somebody()
      const first = await answeredTurn(message({ person, messageKey: 'm:1' }))
      const second = await answeredTurn(message({ person, messageKey: 'm:2' }))
      const userId = first.userId
      for (const { id } of [first, second]) await deliveries.closeDoor(id, 'held', T0)
      expect(await deliveries.nextHeld(userId)).toBe(first.id)
      await deliveries.handOver(first.id, 0, ['一', '二'], '一', first.incoming, T0)
      expect(await deliveries.nextHeld(userId)).toBe(second.id)
      await deliveries.handOver(second.id, 0, ['一', '二'], '一', second.incoming, T0)
      expect(await deliveries.nextHeld(userId)).toBe(second.id)
    })

    test('what WeChat refused is released once, what the user knows of is not', async () => {
      const { deliveries } = stores()
      const person = somebody()
      const first = await answeredTurn(message({ person, messageKey: 'm:1' }))
      const second = await answeredTurn(message({ person, messageKey: 'm:2' }))
      for (const [{ id }, reason] of [
        [first, 'refused'],
        [second, 'told'],
      ] as const) {
        await deliveries.closeDoor(id, 'late', T0)
        await deliveries.startPush(id, T0, T0 + 1)
        await deliveries.holdPush({ turnId: id, attempt: 1 }, reason, T0)
      }
      expect(await deliveries.untoldParts(first.userId, 'trn_other')).toBe(1)
      expect(await deliveries.untoldParts(first.userId, first.id)).toBe(0)
      expect(await deliveries.release(first.userId, T0)).toEqual([first.id])
      expect(await deliveries.release(first.userId, T0)).toEqual([])
      expect(await deliveries.find(first.id)).toMatchObject({ status: 'late' })
      expect(await deliveries.find(second.id)).toMatchObject({ status: 'held' })
    })

    test('held answers nobody asks for expire, and cost nothing if nothing of them was seen', async () => {
      const { deliveries } = stores()
      const { id } = await answeredTurn()
      await deliveries.closeDoor(id, 'held', T0)
      await deliveries.expireHeld(T0, T0)
      expect(await deliveries.find(id)).toMatchObject({ status: 'held' })
      expect(await deliveries.expireHeld(T0 + 1, T0 + 1)).toBeGreaterThan(0)
      expect(await deliveries.find(id)).toMatchObject({ status: 'expired' })
      expect(Boolean((await opened.knex('turns').where({ id }).first('charged')).charged)).toBe(false)
    })

    test('what is due is what has an answer and nobody to carry it', async () => {
      const { deliveries } = stores()
      const waiting = await begun()
      const { id: done, incoming } = await answeredTurn()
      await deliveries.closeDoor(waiting.id, 'late', T0)
      const due = () => deliveries.due(T0 + 4500, 10_000)
      expect(await due()).toContain(done)
      expect(await due()).not.toContain(waiting.id)
      expect(await deliveries.due(T0 + 4499, 10_000)).not.toContain(done)
      await deliveries.handOver(done, 0, ['x'], 'x', incoming, T0)
      expect(await due()).not.toContain(done)
    })
  })

  describe('the push ledger', () => {
    test('tells what the user did and what was pushed since', async () => {
      const { users, ledger } = stores()
      const user = await users.ensure(somebody(), T0)
      expect(await ledger.history(user.id, 0)).toEqual({ messagedAt: 0, tappedAt: 0, sentAt: [] })
      await users.acted(user.id, 'message', T0 + 1)
      await users.acted(user.id, 'tap', T0 + 2)
      await opened.knex('pushes').insert([10, 20, 30].map((ms) => ({ user_id: user.id, sent_at: T0 + ms })))
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
