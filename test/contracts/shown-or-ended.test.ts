import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import type { Incoming } from '../../src/conversation/incoming.ts'
import type { TurnEnd } from '../../src/conversation/turn.ts'
import type { User } from '../../src/identity/user.ts'
import { openDatabase } from '../../src/infra/db/database.ts'
import { openStores } from '../../src/infra/db/stores.ts'
import { engines, openTestDatabase } from '../support/databases.ts'
import { testPersonHash } from '../support/person-hash.ts'

const T0 = Date.parse('2026-11-25T12:00:00+08:00')
const answered: TurnEnd = {
  ...{ status: 'answered', ending: 'whole', answer: '好', channel: 'c', model: 'm', usage: undefined },
}
const blocked: TurnEnd = { status: 'failed', failure: 'blocked', refusalCode: 'X', spent: true }

/** Two processes on one database: one shows an answer, the other ends its turn. */
describe.each(engines)('what is shown and ended at the same instant on %s', (engine) => {
  let opened: Awaited<ReturnType<typeof openTestDatabase>>
  let other: ReturnType<typeof openDatabase>
  let page: ReturnType<typeof openStores>
  let worker: ReturnType<typeof openStores>
  const ids = createIds(() => T0)
  beforeAll(async () => {
    opened = await openTestDatabase(engine)
    other = openDatabase(opened.url)
    page = openStores(opened.knex, ids, testPersonHash)
    worker = openStores(other.knex, ids, testPersonHash)
  })
  afterAll(async () => {
    await other.close()
    await opened.drop()
  })

  let count = 0
  const asked = async (status: 'answering' | 'answered') => {
    count += 1
    const user = await page.users.ensure({ account: 'gh_1', openid: `oShown${count}` }, T0)
    const gift = {
      userId: user.id,
      kind: 'operator',
      source: `s:${count}`,
      calls: 1,
      expiresAt: undefined,
    } as const
    await page.ledger.give({ ...gift, reason: 'test' }, T0)
    const incoming: Incoming = {
      ...{ person: user, messageKey: `m:${count}`, said: { kind: 'text', text: '问' } },
      ...{ receivedAt: T0, doorClosesAt: T0 },
    }
    const id = ids.next('trn')
    await page.inbox.open(incoming)
    await page.turns.begin({
      ...{ id, userId: user.id, conversationId: user.conversationId, question: '问', incoming },
      ...{ cost: { model: 'm', price: 1, ownKey: false }, maxWaiting: 3 },
    })
    await worker.turns.claim(id, T0, T0 + 1000)
    if (status === 'answered') await worker.turns.end(id, 1, answered, T0)
    return { id, user, incoming }
  }
  type Asked = { id: string; user: User; incoming: Incoming }

  /** Each says whether the words were shown. */
  const shows: { [how: string]: (of: Asked) => Promise<boolean> } = {
    'a stream': ({ id }) => page.turns.markShown(id, T0),
    'the history': async ({ user }) => {
      const found = await page.conversations.turns(user.id, user.conversationId, { limit: 9 }, T0)
      return found.some(({ answer }) => answer !== undefined)
    },
    'one turn': async ({ id, user }) =>
      (await page.conversations.readTurn(user.id, id, T0))?.answer !== undefined,
    'a callback': ({ id, incoming }) => page.deliveries.handOver(id, 0, ['好'], '好', incoming, T0),
  }
  const ends: { [how: string]: (of: Asked) => Promise<unknown> } = {
    'the end of its turn': ({ id }) => worker.turns.end(id, 1, blocked, T0),
    'a deletion': ({ user }) => worker.conversations.remove(user.id, user.conversationId, T0),
    'an erasure': ({ user }) => worker.erase(user, 'left', T0),
    expiry: async ({ id }) => {
      await worker.deliveries.closeDoor(id, 'held', T0)
      return worker.deliveries.expireHeld(T0 + 1, T0 + 1)
    },
  }
  const races: ['answering' | 'answered', string, string][] = [
    ['answering', 'a stream', 'the end of its turn'],
    ['answering', 'a stream', 'a deletion'],
    ['answering', 'a stream', 'an erasure'],
    ...['the history', 'one turn', 'a callback'].flatMap((shown) =>
      ['a deletion', 'an erasure', 'expiry'].map((ended): ['answered', string, string] => [
        'answered',
        shown,
        ended,
      ]),
    ),
  ]

  test.each(races)(
    'is charged if and only if it was shown: %s, by %s and by %s',
    async (status, how, end) => {
      for (let round = 0; round < 6; round += 1) {
        const turn = await asked(status)
        const [shown] = await Promise.all([shows[how]?.(turn), ends[end]?.(turn)])
        const { remaining } = await page.ledger.balance(turn.user.id, T0)
        const row = await page.turns.find(turn.id)
        // What nobody saw may stay charged while it is still there to be read.
        if (shown) expect(remaining).toBe(0)
        else if (row?.status !== 'answered') expect(remaining).toBe(1)
      }
      expect(await page.ledger.reconcile(T0, true)).toEqual({ differences: [], strays: [] })
    },
  )
})
