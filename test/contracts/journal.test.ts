import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { applyJournal } from '../../src/backup/journal/apply-journal.ts'
import type { Fact } from '../../src/backup/journal/journal.ts'
import { createKeepJournal } from '../../src/backup/journal/keep-journal.ts'
import { createIds } from '../../src/base/ids.ts'
import { createFileJournal } from '../../src/infra/backup/file-journal.ts'
import { createForgetErasures, createKnexFactsSince } from '../../src/infra/db/knex-facts.ts'
import { createKnexRestored } from '../../src/infra/db/knex-restored.ts'
import { settleOld } from '../../src/infra/db/settle-old.ts'
import { openStores } from '../../src/infra/db/stores.ts'
import { engines, openTestDatabase } from '../support/databases.ts'
import { testPersonHash } from '../support/person-hash.ts'

const T0 = Date.parse('2026-11-25T12:00:00Z')
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yingda-journal-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const journal = () => createFileJournal(join(folder, 'journal'))
const files = () => readdirSync(join(folder, 'journal'))
const written = async () => {
  const facts: Fact[] = []
  for await (const fact of journal().read()) facts.push(fact)
  return facts
}
const used = (serial: number, at = T0): Fact => ({
  kind: 'redeemed',
  at,
  batch: 7,
  serial,
  personHash: testPersonHash.hash({ account: 'gh', openid: `o${serial}` }),
})

describe('the journal', () => {
  test('is a file of JSON lines a day, which nobody else can read', async () => {
    const gone: Fact = { kind: 'erased', at: T0, personHash: 'x'.repeat(43), how: 'forgotten' }
    await journal().append([used(1), gone], T0, T0 - 5)
    await journal().append([used(2)], T0 + DAY_MS, T0)
    expect(files()).toEqual(['2026-11-25.jsonl', '2026-11-26.jsonl'])
    for (const name of files()) expect(statSync(join(folder, 'journal', name)).mode & 0o777).toBe(0o600)
    expect(await written()).toEqual([used(1), gone, used(2)])
    expect(await journal().since()).toBe(T0 - 5)
    expect(await journal().newest()).toEqual({ since: T0, facts: [used(2)] })
    await journal().forget(T0 + DAY_MS)
    expect(files()).toEqual(['2026-11-26.jsonl'])
    expect(await journal().since()).toBe(T0)
  })

  test('a line whose end never came to the disk takes no other with it', async () => {
    await journal().append([used(1)], T0, T0)
    appendFileSync(join(folder, 'journal', files()[0] ?? ''), '{"at":"2026-11-25T12:00')
    await journal().append([used(2)], T0, T0)
    const reading = journal().read()
    const facts: Fact[] = []
    for await (const fact of reading) facts.push(fact)
    expect(facts).toEqual([used(1), used(2)])
    expect(reading.unreadable()).toBe(1)
  })

  test('what happens is written once, and what was missed is made up for', async () => {
    const known: Fact[] = []
    const asked: number[] = []
    const keep = () =>
      createKeepJournal({
        journal: journal(),
        beginAt: async (now) => now,
        async *factsSince(from) {
          asked.push(from)
          yield known.filter(({ at }) => at >= from)
        },
      })
    const first = keep()
    expect(await first(T0)).toBe(0)
    known.push(used(1, T0 + 1))
    expect(await first(T0 + 30_000)).toBe(1)
    expect(await first(T0 + 60_000)).toBe(0)
    // A transaction that ends late, by a clock that is late as well.
    known.push(used(2, T0 - 5 * MINUTE_MS))
    expect(await first(T0 + 90_000)).toBe(1)
    // The process dies; another one comes after two days.
    known.push(used(3, T0 + 2 * MINUTE_MS), used(4, T0 + DAY_MS))
    const second = keep()
    expect(await second(T0 + 2 * DAY_MS)).toBe(2)
    expect((await written()).toSorted((a, b) => a.at - b.at)).toEqual([
      used(2, T0 - 5 * MINUTE_MS),
      ...[1, 3, 4].map((n) => known.find((fact) => fact.kind === 'redeemed' && fact.serial === n)),
    ])
    expect(await keep()(T0 + 2 * DAY_MS)).toBe(0)
  })

  test('a database that gives way leaves to the next one to tell what it knows besides', async () => {
    const keep = (facts: Fact[], isLast: boolean) =>
      createKeepJournal({
        journal: journal(),
        beginAt: async () => T0,
        async *factsSince(from) {
          yield facts.filter(({ at }) => at >= from)
        },
        isLast,
      })
    await journal().append([], T0, T0)
    expect(await keep([], true)(T0 + 120 * MINUTE_MS)).toBe(0)
    expect(await keep([used(1, T0 + MINUTE_MS)], false)(T0 + 121 * MINUTE_MS)).toBe(1)
  })

  test('whoever dies between two kinds of facts leaves none out', async () => {
    const gone: Fact = { kind: 'erased', at: T0 + MINUTE_MS, personHash: 'x'.repeat(43), how: 'forgotten' }
    const late = used(1, T0 + 60 * MINUTE_MS)
    const keep = (fails: boolean) =>
      createKeepJournal({
        journal: journal(),
        beginAt: async () => T0,
        async *factsSince(from) {
          yield [late].filter(({ at }) => at >= from)
          if (fails) throw new Error('killed')
          yield [gone].filter(({ at }) => at >= from)
        },
      })
    const now = T0 + 61 * MINUTE_MS
    await expect(keep(true)(now)).rejects.toThrow('killed')
    expect(await keep(false)(now)).toBe(1)
    expect(await keep(false)(now + MINUTE_MS)).toBe(0)
    expect(await journal().newest()).toMatchObject({ since: now + MINUTE_MS })
    expect(await written()).toEqual([late, gone])
  })
})

describe.each(engines)('after a restore on %s', (engine) => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>
  beforeEach(async () => {
    database = await openTestDatabase(engine)
  })
  afterEach(() => database.drop())

  const stores = (now = T0) =>
    openStores(
      database.knex,
      createIds(() => now),
      testPersonHash,
    )
  const apply = (now = T0 + DAY_MS) =>
    applyJournal(journal(), createKnexRestored(database.knex, testPersonHash, stores()), now)
  const personOf = (openid: string) => ({ account: 'gh', openid })
  const hashOf = (openid: string) => testPersonHash.hash(personOf(openid))
  const gone = (openid: string, how: 'left' | 'forgotten', at = T0 + MINUTE_MS): Fact => ({
    ...{ kind: 'erased', at, personHash: hashOf(openid), how },
  })
  const withCalls = async (openid: string, now = T0) => {
    const user = await stores().users.ensure(personOf(openid), now)
    await stores().ledger.give(
      { userId: user.id, kind: 'card', source: openid, calls: 10, expiresAt: undefined, reason: 'x' },
      now,
    )
    return user
  }
  const redeem = (openid: string, serial: number, userId: string) =>
    stores().cards.redeem(
      { batch: 7, serial, personHashes: [hashOf(openid)], cause: `m:${serial}` },
      { userId, kind: 'card', source: `card:7:${serial}`, calls: 5, expiresAt: undefined, reason: 'card' },
      T0,
    )
  const addsUp = async () =>
    expect(await stores().ledger.reconcile(T0, true)).toEqual({ differences: [], strays: [] })

  test('a card used since is open to its old owner alone', async () => {
    const [owner, other] = [await withCalls('o1'), await withCalls('other')]
    await redeem('o9', 9, owner.id)
    await journal().append([used(1), used(9)], T0, T0)
    expect(await apply()).toEqual({ redeemed: 1, erased: 0, unreadable: 0, since: T0 })
    expect(await apply()).toEqual({ redeemed: 0, erased: 0, unreadable: 0, since: T0 })
    expect(await redeem('other', 1, other.id)).toEqual({ status: 'others' })
    expect(await redeem('o1', 1, owner.id)).toEqual({ status: 'redeemed' })
    expect((await redeem('o1', 1, owner.id)).status).not.toBe('redeemed')
    await addsUp()
  })

  test('who was erased since is erased again, and who stayed or came back is not', async () => {
    const people = ['forgot', 'left', 'stayed', 'came-back']
    for (const name of people) await withCalls(name, name === 'came-back' ? T0 + 2 * MINUTE_MS : T0)
    await journal().append(
      [
        gone('forgot', 'left', T0 + 1),
        gone('forgot', 'forgotten'),
        gone('left', 'left'),
        gone('came-back', 'forgotten'),
      ],
      T0,
      T0,
    )
    expect(await apply()).toMatchObject({ erased: 2 })
    const here = await database.knex('users').orderBy('openid').pluck('openid')
    expect(here).toEqual(['came-back', 'stayed'])
    // Who unfollowed finds the calls again, who asked to be forgotten does not.
    const balance = async (name: string) => {
      const user = await stores().users.ensure(personOf(name), T0 + 2 * DAY_MS)
      return (await stores().ledger.balance(user.id, T0 + 2 * DAY_MS)).remaining
    }
    expect(await balance('left')).toBe(10)
    expect(await balance('forgot')).toBe(0)
    expect(await apply()).toMatchObject({ erased: 0 })
    await addsUp()
  })

  test('who had unfollowed before the backup and was forgotten since finds no calls', async () => {
    const user = await withCalls('o1')
    await stores().erase(user, 'left', T0)
    await journal().append([gone('o1', 'forgotten')], T0, T0)
    expect(await apply()).toMatchObject({ erased: 1 })
    const again = await stores().users.ensure(personOf('o1'), T0 + DAY_MS)
    expect((await stores().ledger.balance(again.id, T0 + DAY_MS)).remaining).toBe(0)
    await addsUp()
  })

  test('no model is asked again and nothing pushed for what was asked long before', async () => {
    const { turns, deliveries, inbox, ledger } = stores()
    const ids = createIds(() => T0)
    const user = await withCalls('o1')
    const messageOf = (messageKey: string, receivedAt: number) => {
      const said = { kind: 'text' as const, text: '你好' }
      return { person: personOf('o1'), messageKey, said, receivedAt, doorClosesAt: receivedAt }
    }
    const ask = async (messageKey: string, receivedAt: number) => {
      const id = ids.next('trn')
      const incoming = messageOf(messageKey, receivedAt)
      await inbox.open(incoming)
      const cost = { model: undefined, price: 1, ownKey: false }
      const { id: userId, conversationId } = user
      await turns.begin({ id, userId, conversationId, question: '你好', incoming, cost, maxWaiting: 9 })
      return id
    }
    const answer = async (id: string) => {
      await turns.claim(id, T0, T0 + 1)
      const end = { status: 'answered', ending: 'whole', answer: '嗯', channel: 'c', model: 'm' } as const
      await turns.end(id, 1, { ...end, usage: undefined }, T0)
    }
    const [late, sent, waiting, young] = [
      await ask('m:1', T0),
      await ask('m:2', T0),
      await ask('m:3', T0),
      await ask('m:4', T0 + DAY_MS),
    ]
    for (const id of [late, sent]) await answer(id)
    await deliveries.startPush(late, T0, T0 + 1)
    await deliveries.handOver(sent, 0, ['嗯'], '嗯', messageOf('m:2', T0), T0)
    const now = T0 + DAY_MS
    await settleOld(database.knex, testPersonHash, now - 10 * MINUTE_MS, now)
    expect(await turns.unfinished(now, 9)).toEqual([young])
    expect(await deliveries.takeBackReplies(now)).toBe(0)
    expect(await deliveries.due(now, 9)).toEqual([])
    // The line is free for the young one; what was there is had by asking for it.
    expect(await turns.frontOfLine(user.id)).toBe(young)
    expect((await deliveries.find(late))?.status).toBe('held')
    expect((await deliveries.find(sent))?.status).toBe('replied')
    expect(await turns.find(waiting)).toMatchObject({ failure: 'gave-up', charged: false })
    expect((await ledger.balance(user.id, T0)).remaining).toBe(7)
    await addsUp()
  })

  test('the database tells what was redeemed and who was erased since, page after page, and forgets erasures', async () => {
    const rows = Array.from({ length: 2500 }, (_, serial) => ({
      ...{ batch: 7, serial, person_hash: hashOf('o1'), redeemed_at: T0 + Math.floor(serial / 1500) },
    }))
    for (let at = 0; at < rows.length; at += 100)
      await database.knex('card_uses').insert(rows.slice(at, at + 100))
    for (const name of ['a', 'b']) await stores().erase(await withCalls(name), 'left', T0 + MINUTE_MS)
    const told = async (from: number) => {
      const facts: Fact[] = []
      for await (const page of createKnexFactsSince(database.knex)(from)) facts.push(...page)
      return facts
    }
    const all = await told(T0)
    expect(all).toHaveLength(2502)
    expect(new Set(all.map((fact) => JSON.stringify(fact))).size).toBe(2502)
    expect((await told(T0 + 1)).length).toBe(1002)
    expect((await told(T0 + MINUTE_MS)).map(({ kind }) => kind)).toEqual(['erased', 'erased'])
    await createForgetErasures(database.knex)(T0 + MINUTE_MS, 10)
    expect(await told(T0 + MINUTE_MS)).toHaveLength(2)
    await createForgetErasures(database.knex)(T0 + MINUTE_MS + 1, 1)
    expect(await told(T0 + MINUTE_MS)).toHaveLength(1)
  })
})
