import { afterAll, beforeAll, expect } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import type { Incoming } from '../../src/conversation/incoming.ts'
import type { TurnEnd } from '../../src/conversation/turn.ts'
import type { Engine } from '../../src/infra/db/database.ts'
import { createKnexErase } from '../../src/infra/db/knex-erase.ts'
import { createKnexInbox } from '../../src/infra/db/knex-inbox.ts'
import { createKnexLedger } from '../../src/infra/db/knex-ledger.ts'
import { createKnexTurns } from '../../src/infra/db/knex-turns.ts'
import { createKnexUsers } from '../../src/infra/db/knex-users.ts'
import type { Gift } from '../../src/quota/grant.ts'
import { openTestDatabase } from './databases.ts'
import { testPersonHash } from './person-hash.ts'

export const T0 = Date.parse('2026-11-25T12:00:00+08:00')
export const DAY_MS = 86_400_000

export const answered: TurnEnd = {
  ...{ status: 'answered', ending: 'whole', answer: 'a', channel: 'c', model: 'm', usage: undefined },
}
export const failed: TurnEnd = { status: 'failed', failure: 'model-failed', refusalCode: 'X' }

/** The ledger and what it needs on a database of its own, for the tests of one `describe`. */
export const useLedger = (engine: Engine) => {
  let opened: Awaited<ReturnType<typeof openTestDatabase>>
  const ids = createIds(() => T0)
  const stores = () => {
    const { knex } = opened
    return {
      knex,
      inbox: createKnexInbox(knex, testPersonHash),
      users: createKnexUsers(knex, ids, testPersonHash),
      turns: createKnexTurns(knex, testPersonHash),
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
    expect(await stores().turns.end(id, claimed?.attempt ?? 0, how, now)).toBeDefined()
  }
  const left = async (userId: string, now = T0) => (await stores().ledger.balance(userId, now)).remaining
  const kinds = async (userId: string) =>
    (await stores().ledger.entries(userId, 100)).map(({ kind, calls }) => `${kind} ${calls}`).toReversed()
  /** Every figure is what its entries add up to, and nothing is held for nobody. */
  const expectItAddsUp = async () =>
    expect(await stores().ledger.reconcile(T0, true)).toEqual({ differences: [], strays: [] })

  return { ids, stores, person, somebody, gift, ask, asked, end, left, kinds, expectItAddsUp }
}
