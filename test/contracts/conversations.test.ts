import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import type { Incoming } from '../../src/conversation/incoming.ts'
import type { NewTurn, TurnEnd } from '../../src/conversation/turn.ts'
import type { User } from '../../src/identity/user.ts'
import { openStores } from '../../src/infra/db/stores.ts'
import { engines, openTestDatabase } from '../support/databases.ts'
import { testPersonHash } from '../support/person-hash.ts'

const T0 = Date.parse('2026-11-25T12:00:00+08:00')
const DAY_MS = 86_400_000

describe.each(engines)('conversations on %s', (engine) => {
  let opened: Awaited<ReturnType<typeof openTestDatabase>>
  let stores: ReturnType<typeof openStores>
  const ids = createIds(() => T0)
  beforeAll(async () => {
    opened = await openTestDatabase(engine)
    stores = openStores(opened.knex, ids, testPersonHash)
  })
  afterAll(() => opened.drop())

  let count = 0
  const somebody = async (calls = 100): Promise<User> => {
    count += 1
    const user = await stores.users.ensure({ account: 'gh_1', openid: `oPage${count}` }, T0)
    const gift = { userId: user.id, kind: 'operator', source: `page:${count}`, calls } as const
    await stores.ledger.give({ ...gift, expiresAt: undefined, reason: 'test' }, T0)
    return user
  }
  const ask = async (user: User, question: string, more: Partial<NewTurn> = {}, now = T0) => {
    count += 1
    const incoming: Incoming = {
      person: { account: user.account, openid: user.openid },
      ...{ messageKey: `m:${count}`, said: { kind: 'text', text: question } },
      ...{ receivedAt: now, doorClosesAt: now + 4500 },
    }
    const turn: NewTurn = {
      ...{ id: ids.next('trn'), userId: user.id, conversationId: user.conversationId, question, incoming },
      ...{ cost: { model: 'm', price: 2, ownKey: false }, maxWaiting: 100, ...more },
    }
    expect(await stores.turns.begin(turn)).toMatchObject({ ok: true })
    return turn
  }
  const answered: TurnEnd = {
    ...{ status: 'answered', ending: 'whole', answer: '好', channel: 'c', model: 'm' },
    usage: { promptTokens: 7, completionTokens: 3 },
  }
  const end = async ({ id }: NewTurn, how: TurnEnd = answered, now = T0) => {
    await stores.turns.claim(id, now, now + 1)
    expect(await stores.turns.end(id, 1, how, now)).toBeDefined()
  }
  const remaining = async ({ id }: User) => (await stores.ledger.balance(id, T0)).remaining

  test('are listed by their last question, with their first words as a title and their turns counted', async () => {
    const user = await somebody()
    const { conversations } = stores
    const other = await conversations.create(user.id, T0 + 1)
    const long = `  第一个\n问题 ${'很长 '.repeat(30)}`
    await ask(user, long, {}, T0 + 2)
    await ask(user, 'second', {}, T0 + 3)
    expect(await conversations.list(user.id, { limit: 10 })).toEqual([
      {
        ...{ id: user.conversationId, turns: 2, createdAt: T0, updatedAt: T0 + 3 },
        title: [...long].slice(0, 40).join('').trim().replace(/\s+/g, ' '),
      },
      { id: other.id, title: undefined, turns: 0, createdAt: T0 + 1, updatedAt: T0 + 1 },
    ])
    expect(await conversations.rename(user.id, other.id, '名字')).toBe(true)
    expect(await conversations.find(user.id, other.id)).toMatchObject({ title: '名字', updatedAt: T0 + 1 })
  })

  test('are listed page by page, also those of the same instant', async () => {
    const user = await somebody()
    const { conversations } = stores
    for (let made = 0; made < 6; made += 1) await conversations.create(user.id, T0 + Math.floor(made / 3))
    const all = await conversations.list(user.id, { limit: 10 })
    expect(all).toHaveLength(7)
    const paged: string[] = []
    for (let after = all[10]; ; ) {
      const page = await conversations.list(user.id, { limit: 2, after })
      paged.push(...page.map(({ id }) => id))
      after = page.at(-1)
      if (page.length < 2) break
    }
    expect(paged).toEqual(all.map(({ id }) => id))
  })

  test('show their turns newest last, page by page, with what they cost', async () => {
    const user = await somebody()
    const { conversations } = stores
    const turns = [await ask(user, '一'), await ask(user, '二'), await ask(user, '三')]
    const [first, second, third] = turns.map(({ id }) => id)
    if (turns[0] && turns[1]) {
      await end(turns[0])
      await end(turns[1], { status: 'failed', failure: 'model-failed', refusalCode: 'CODE' })
    }
    const last = await conversations.turns(user.id, user.conversationId, { limit: 2 }, T0)
    expect(last.map(({ id }) => id)).toEqual([second, third])
    expect(last[0]).toMatchObject({
      status: 'failed',
      failure: 'model-failed',
      charged: 0,
      answer: undefined,
    })
    const before = await conversations.turns(user.id, user.conversationId, { limit: 2, before: second }, T0)
    expect(before).toEqual([
      {
        ...{
          userId: user.id,
          id: first,
          conversationId: user.conversationId,
          status: 'answered',
          question: '一',
        },
        ...{ answer: '好', ending: 'whole', failure: undefined, refusalCode: undefined, onPage: false },
        ...{ cost: { model: 'm', price: 2, ownKey: false }, model: 'm', charged: 2, shown: true },
        ...{ usage: { promptTokens: 7, completionTokens: 3 }, createdAt: T0, endedAt: T0 },
      },
    ])
    expect(await conversations.readTurn(user.id, first ?? '', T0)).toEqual(before[0])
    const key = turns[0]?.incoming.messageKey ?? ''
    expect(await conversations.turnOf(user.id, key)).toEqual({
      ...{ id: first, conversationId: user.conversationId },
    })
  })

  test('of somebody else are not found, not changed, not deleted', async () => {
    const [user, other] = [await somebody(), await somebody()]
    const { conversations } = stores
    const turn = await ask(user, '秘密')
    const id = user.conversationId
    expect(await conversations.find(other.id, id)).toBeUndefined()
    expect(await conversations.rename(other.id, id, 'x')).toBe(false)
    expect(await conversations.remove(other.id, id, T0)).toBe(false)
    expect(await conversations.turns(other.id, id, { limit: 10 }, T0)).toEqual([])
    expect(await conversations.findTurn(other.id, turn.id)).toBeUndefined()
    expect(await conversations.turnOf(other.id, turn.incoming.messageKey)).toBeUndefined()
    expect(await conversations.find(user.id, id)).toMatchObject({ title: '秘密', turns: 1 })
  })

  test('that are deleted take their turns along, give back what nobody saw, and are replaced in WeChat', async () => {
    const user = await somebody()
    const { conversations, users, turns, deliveries } = stores
    const [running, unseen, seen] = [await ask(user, '一'), await ask(user, '二'), await ask(user, '三')]
    await turns.claim(running.id, T0, T0 + 1)
    await end(unseen)
    await end(seen)
    await stores.inbox.open(seen.incoming)
    await deliveries.handOver(seen.id, 0, ['好'], '好', seen.incoming, T0)
    const elsewhere = await ask(user, '四', { conversationId: (await conversations.create(user.id, T0)).id })
    expect(await remaining(user)).toBe(92)

    expect(await conversations.remove(user.id, user.conversationId, T0)).toBe(true)
    expect(await turns.find(running.id)).toBeUndefined()
    expect(await turns.end(running.id, 1, answered, T0)).toBeUndefined()
    expect(await deliveries.find(unseen.id)).toBeUndefined()
    expect(await remaining(user)).toBe(96)
    expect(await turns.find(elsewhere.id)).toBeDefined()
    const now = await users.findById(user.id)
    expect(now?.conversationId).not.toBe(user.conversationId)
    expect(await conversations.find(user.id, now?.conversationId ?? '')).toMatchObject({ turns: 0 })
    expect(await conversations.remove(user.id, user.conversationId, T0)).toBe(false)
    expect((await stores.ledger.reconcile(T0, true)).differences).toEqual([])
  })

  test('that are deleted while their answers end close each reservation once', async () => {
    const { conversations, turns, ledger } = stores
    for (let round = 0; round < 5; round += 1) {
      const user = await somebody(50)
      const asked = [await ask(user, '一'), await ask(user, '二')]
      for (const { id } of asked) await turns.claim(id, T0, T0 + 1)
      const endings = asked.map(({ id }) => turns.end(id, 1, answered, T0).catch(() => false))
      const removing = conversations.remove(user.id, user.conversationId, T0).catch(() => false)
      await Promise.all([...endings, removing])
      await conversations.remove(user.id, user.conversationId, T0)
      expect(await remaining(user)).toBe(50)
    }
    const { differences, strays } = await ledger.reconcile(T0, true)
    expect([differences, strays]).toEqual([[], []])
  })

  test('usage counts the calls that stayed spent, by day in Shanghai', async () => {
    const user = await somebody()
    const midnight = Date.parse('2026-11-25T00:00:00+08:00')
    await end(await ask(user, '昨天', {}, midnight - 1), answered, midnight - 1)
    await end(await ask(user, '今天', {}, midnight), answered, midnight)
    const refunded = await ask(user, '没送到', {}, T0)
    await end(refunded)
    await stores.turns.refund(refunded.id, T0 + DAY_MS)
    const failed = await ask(user, '失败', {}, T0)
    await end(failed, { status: 'failed', failure: 'model-failed', refusalCode: 'X' })
    expect(await stores.usageOf(user.id, midnight - 2 * DAY_MS, T0 + DAY_MS)).toEqual([
      { date: '2026-11-23', calls: 0, questions: 0 },
      { date: '2026-11-24', calls: 2, questions: 1 },
      { date: '2026-11-25', calls: 2, questions: 3 },
      { date: '2026-11-26', calls: 0, questions: 0 },
    ])
    expect(await stores.usageOf((await somebody()).id, T0, T0)).toEqual([
      { date: '2026-11-25', calls: 0, questions: 0 },
    ])
  })

  test('personal data holds what is kept of one user, and of nobody else', async () => {
    const [user, other] = [await somebody(), await somebody()]
    const { inbox, ownKeys, refusals, cards, personalData, users } = stores
    const turn = await ask(user, '一')
    await end(turn)
    await inbox.open(turn.incoming)
    await ownKeys.keep(user.id, { channel: 'main', sealed: 'S', keyVersion: 'v', tail: 'abcd' }, T0)
    await users.acted(user.id, 'message', T0)
    for (const { id } of [user, other]) {
      const code = `C${id.slice(-7)}`
      await refusals.record({ code, at: T0, rule: 'rate', userId: id, details: {} })
    }
    const gift = {
      userId: user.id,
      kind: 'card',
      source: 'card:9:1',
      calls: 5,
      expiresAt: T0 + DAY_MS,
    } as const
    const card = { batch: 9, serial: 1, personHashes: ['h'], cause: 'm:1' }
    await cards.redeem(card, { ...gift, reason: 'x' }, T0)
    expect(await personalData.records(user.id)).toEqual({
      ...{ id: user.id, account: 'gh_1', openid: user.openid, model: undefined, createdAt: T0 },
      ...{ followedAt: T0, messagedAt: T0, tappedAt: undefined, blockedAt: undefined },
      ownKey: { channel: 'main', tail: 'abcd', createdAt: T0 },
      grants: expect.arrayContaining([
        { kind: 'operator', calls: 100, remaining: 98, createdAt: T0, expiresAt: undefined },
        { kind: 'card', calls: 5, remaining: 5, createdAt: T0, expiresAt: T0 + DAY_MS },
      ]),
      cards: [{ batch: 9, serial: 1, redeemedAt: T0 }],
      messages: [{ receivedAt: T0, reply: undefined }],
      pushes: [],
      refusals: [{ code: `C${user.id.slice(-7)}`, rule: 'rate', at: T0 }],
      sessions: [],
    })
    const entries = await personalData.entries(user.id, { limit: 2, after: 0 })
    expect(entries.map(({ kind }) => kind)).toEqual(['grant', 'reserve'])
    const rest = await personalData.entries(user.id, { limit: 9, after: entries[1]?.id ?? 0 })
    expect(rest).toMatchObject([
      { kind: 'settle', calls: 2, turnId: turn.id },
      { kind: 'grant', calls: 5 },
    ])
    expect(await personalData.records('usr_nobody')).toBeUndefined()
  })
})
