import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import { createKnexCards } from '../../src/infra/db/knex-cards.ts'
import { createKnexLedger } from '../../src/infra/db/knex-ledger.ts'
import type { CardBatch, CardId } from '../../src/quota/cards.ts'
import { createNewBatch } from '../../src/quota/new-batch.ts'
import { engines, openTestDatabase } from '../support/databases.ts'

const T0 = Date.parse('2026-11-25T12:00:00+08:00')
const CALLS = 5
const script = join(import.meta.dirname, '../support/redeem-many.ts')

describe.each(engines)('the memory of cards on %s', (engine) => {
  let opened: Awaited<ReturnType<typeof openTestDatabase>>
  const ids = createIds(() => T0)
  beforeAll(async () => {
    opened = await openTestDatabase(engine)
  })
  afterAll(() => opened.drop())

  const cards = () => createKnexCards(opened.knex, ids)
  const ledger = () => createKnexLedger(opened.knex, ids)
  let count = 0
  const newCard = (): CardId => {
    count += 1
    return { batch: 1000 + count, serial: 1 }
  }
  const newUserId = () => {
    count += 1
    return `usr_card${count}`
  }
  const hashOf = (userId: string) => `hash of ${userId}`.padEnd(43, '.')
  const redeem = (
    card: CardId,
    userId: string,
    more: { cause?: string; personHashes?: string[]; now?: number } = {},
  ) => {
    count += 1
    const { cause = `c:${count}`, personHashes = [hashOf(userId)], now = T0 } = more
    const gift = {
      ...{ userId, kind: 'card' as const, source: `card:${card.batch}:${card.serial}`, calls: CALLS },
      ...{ expiresAt: undefined, reason: 'a card' },
    }
    return cards().redeem({ ...card, personHashes, cause }, gift, now)
  }
  const left = async (userId: string) => (await ledger().balance(userId, T0)).remaining
  const newBatch = (more: Partial<CardBatch> = {}): CardBatch => {
    count += 1
    return {
      ...{ batch: 1000 + count, name: `batch ${count}`, cards: 10, calls: CALLS, days: undefined },
      ...{ redeemBy: undefined, createdAt: T0 + count, voidedAt: undefined },
      ...more,
    }
  }
  const added = async (more: Partial<CardBatch> = {}): Promise<CardBatch> => {
    const batch = newBatch(more)
    expect(await cards().addBatch(batch)).toBe(true)
    return batch
  }
  const use = (card: CardId, userId: string, personHash = hashOf(userId)) => ({
    ...{ ...card, personHash, userId: undefined, redeemedAt: T0 - 1000 },
  })

  test('redeems a card that no batch is known of, and gives its calls', async () => {
    const [card, user] = [newCard(), newUserId()]
    expect(await redeem(card, user)).toEqual({ status: 'redeemed' })
    expect(await left(user)).toBe(CALLS)
    expect(await cards().state(card)).toEqual({
      use: { ...card, personHash: hashOf(user), userId: user, redeemedAt: T0 },
      voidedAt: undefined,
    })
  })

  test('tells its owner from others when it comes again', async () => {
    const [card, user, other] = [newCard(), newUserId(), newUserId()]
    await redeem(card, user)
    expect(await redeem(card, user, { now: T0 + 5 })).toEqual({ status: 'yours', at: T0 })
    expect(await redeem(card, other)).toEqual({ status: 'others' })
    expect([await left(user), await left(other)]).toEqual([CALLS, 0])
  })

  test('knows its owner under an earlier secret', async () => {
    const [card, user] = [newCard(), newUserId()]
    await redeem(card, user, { personHashes: [hashOf('old')] })
    const again = await redeem(card, user, { personHashes: [hashOf('new'), hashOf('old')] })
    expect(again.status).toBe('yours')
  })

  test('has the same outcome when the same message comes again', async () => {
    const [card, user] = [newCard(), newUserId()]
    const cause = 'm:1'
    expect(await redeem(card, user, { cause })).toEqual({ status: 'redeemed' })
    expect(await redeem(card, user, { cause })).toEqual({ status: 'repeated' })
    expect(await redeem(card, newUserId(), { cause })).toEqual({ status: 'others' })
    expect(await left(user)).toBe(CALLS)
  })

  test('redeems each card once when twenty ask for it at once, a thousand in all', async () => {
    const batch = 900_001
    const users = Array.from({ length: 20 }, newUserId)
    const serials = Array.from({ length: 50 }, (_, at) => at + 1)
    const outcomes = await Promise.all(
      serials.flatMap((serial) => users.map((user) => redeem({ batch, serial }, user))),
    )
    const winners = outcomes.filter(({ status }) => status === 'redeemed')
    expect(winners).toHaveLength(50)
    expect(outcomes.filter(({ status }) => status === 'others')).toHaveLength(950)
    const given = await Promise.all(users.map(left))
    expect(given.reduce((sum, each) => sum + each)).toBe(50 * CALLS)
  })

  test('redeems each card once when four processes ask for it, a thousand times in all', async () => {
    const [batch, cardCount, times] = [900_002, 25, 10]
    const users = Array.from({ length: 4 }, newUserId)
    const outputs = await Promise.all(
      users.map((userId) => {
        const job = JSON.stringify({ url: opened.url, batch, cards: cardCount, times, userId })
        return promisify(execFile)(process.execPath, [script, job])
      }),
    )
    const counts = outputs.map(({ stdout }): { [status: string]: number } => JSON.parse(stdout))
    const sum = (status: string) => counts.reduce((all, each) => all + (each[status] ?? 0), 0)
    expect(sum('redeemed')).toBe(cardCount)
    // Whoever won a card asked for it nine times more.
    expect(sum('yours')).toBe(cardCount * (times - 1))
    expect(sum('others')).toBe(cardCount * times * 3)
    const given = await Promise.all(users.map(left))
    expect(given).toEqual(counts.map((each) => (each.redeemed ?? 0) * CALLS))
    expect(await ledger().reconcile(T0, true)).toEqual({ differences: [], strays: [] })
  })

  describe('what is taken back', () => {
    test('cannot be redeemed, nor taken back twice', async () => {
      const [card, user] = [newCard(), newUserId()]
      expect(await cards().voidCard(card, T0)).toBe('void')
      expect(await cards().voidCard(card, T0 + 1)).toBe('was-void')
      expect(await redeem(card, user)).toEqual({ status: 'void' })
      expect(await cards().state(card)).toEqual({ use: undefined, voidedAt: T0 })
      expect(await left(user)).toBe(0)
    })

    test('is not a card that is used', async () => {
      const [card, user] = [newCard(), newUserId()]
      await redeem(card, user)
      expect(await cards().voidCard(card, T0)).toBe('used')
      expect((await cards().state(card)).voidedAt).toBeUndefined()
    })

    test('is refused to everybody who asks at once', async () => {
      const card = newCard()
      await cards().voidCard(card, T0)
      const users = Array.from({ length: 20 }, newUserId)
      const outcomes = await Promise.all(users.map((user) => redeem(card, user)))
      expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['void']))
    })

    test('is either redeemed or void when both are asked at once, and never both', async () => {
      for (let round = 0; round < 20; round += 1) {
        const [card, user] = [newCard(), newUserId()]
        const acts = [() => redeem(card, user), () => cards().voidCard(card, T0), () => redeem(card, user)]
        if (round % 2) acts.reverse()
        const [one, voided, other] = await Promise.all(acts.map((act) => act()))
        const redeemed = [one, other].some((each) => typeof each === 'object' && each.status === 'redeemed')
        expect(voided).toBe(redeemed ? 'used' : 'void')
        expect(await left(user)).toBe(redeemed ? CALLS : 0)
      }
    })

    test('may be a whole batch, but for what is used', async () => {
      const { batch } = await added()
      const user = newUserId()
      await redeem({ batch, serial: 1 }, user)
      expect(await cards().voidBatch(batch, T0)).toBe(true)
      expect(await cards().voidBatch(batch, T0)).toBe(false)
      expect(await redeem({ batch, serial: 2 }, user)).toEqual({ status: 'void' })
      expect((await redeem({ batch, serial: 1 }, user)).status).toBe('yours')
      const listed = (await cards().batches()).find((each) => each.batch === batch)
      expect(listed).toMatchObject({ cards: 10, used: 1, voided: 9, voidedAt: T0 })
    })
  })

  describe('after a restore', () => {
    test('a card that is known as used is redeemed again by its owner alone, once', async () => {
      const [card, user, other] = [newCard(), newUserId(), newUserId()]
      expect(await cards().remember([use(card, user)])).toBe(1)
      expect(await redeem(card, other)).toEqual({ status: 'others' })
      expect(await redeem(card, user)).toEqual({ status: 'redeemed' })
      expect(await redeem(card, user)).toEqual({ status: 'yours', at: T0 - 1000 })
      expect([await left(user), await left(other)]).toEqual([CALLS, 0])
    })

    test('its owner redeems it once when they ask twenty times at once', async () => {
      const [card, user] = [newCard(), newUserId()]
      await cards().remember([use(card, user)])
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => redeem(card, user)))
      expect(outcomes.filter(({ status }) => status === 'redeemed')).toHaveLength(1)
      expect(await left(user)).toBe(CALLS)
    })

    test('the same message that comes ten times at once has the same outcome', async () => {
      const [card, user] = [newCard(), newUserId()]
      await cards().remember([use(card, user)])
      const cause = 'm:again'
      const outcomes = await Promise.all(Array.from({ length: 10 }, () => redeem(card, user, { cause })))
      expect(outcomes.filter(({ status }) => status === 'redeemed')).toHaveLength(1)
      expect(outcomes.filter(({ status }) => status === 'repeated')).toHaveLength(9)
    })

    test('what is known already stays as it is', async () => {
      const [known, lost, user] = [newCard(), newCard(), newUserId()]
      await redeem(known, user)
      const uses = [use(known, user), use(lost, user), use(lost, 'somebody else')]
      expect(await cards().remember(uses)).toBe(1)
      expect(await cards().remember(uses)).toBe(0)
      expect((await redeem(known, user)).status).toBe('yours')
      expect((await cards().state(lost)).use).toEqual(use(lost, user))
    })
  })

  describe('batches', () => {
    test('are found by name and by number', async () => {
      const batch = await added({ name: '春天', days: 30, redeemBy: '2027-01-01' })
      expect(await cards().findBatch('春天')).toEqual(batch)
      expect(await cards().findBatch(String(batch.batch))).toEqual(batch)
      expect(await cards().findBatch('春')).toBeUndefined()
      expect(await cards().findBatch("' or 1=1 --")).toBeUndefined()
    })

    test('have names and numbers of their own', async () => {
      const { batch, name } = await added()
      expect(await cards().addBatch(newBatch({ batch }))).toBe(false)
      expect(await cards().addBatch(newBatch({ name }))).toBe(false)
      expect(await cards().addBatch(newBatch({ name: name.toUpperCase() }))).toBe(true)
    })

    test('get a number that neither a batch nor a used card has', async () => {
      const { batch, cards: cardCount, calls, ...taken } = await added()
      const used = newCard()
      await redeem(used, newUserId())
      const drawn = [batch, used.batch, 4_294_967_295]
      const create = createNewBatch({ cards: cards(), random: () => drawn.shift() ?? 0 })
      const facts = { ...taken, cards: cardCount, calls }
      expect(await create(facts)).toBeUndefined()
      drawn.unshift(batch, used.batch)
      expect(await create({ ...facts, name: 'another' })).toMatchObject({ batch: 4_294_967_295 })
    })

    test('list their uses and voids by serial, page by page', async () => {
      const { batch } = await added()
      const user = newUserId()
      for (const serial of [9, 2, 5, 7]) await redeem({ batch, serial }, user)
      for (const serial of [8, 3]) await cards().voidCard({ batch, serial }, T0)
      const first = await cards().uses({ batch, limit: 3 })
      expect(first.map(({ serial }) => serial)).toEqual([2, 5, 7])
      const rest = await cards().uses({ batch, after: { batch, serial: 7 }, limit: 3 })
      expect(rest.map(({ serial }) => serial)).toEqual([9])
      expect((await cards().voids(batch)).map(({ serial }) => serial)).toEqual([3, 8])
      const all = await cards().uses({ after: { batch, serial: 7 }, limit: 1 })
      expect(all).toEqual(rest)
      expect((await cards().batches()).find((each) => each.batch === batch)).toMatchObject({
        ...{ used: 4, voided: 2 },
      })
    })
  })
})
