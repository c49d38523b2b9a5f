import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Knex } from 'knex'
import { createIds } from '../../src/base/ids.ts'
import type { User } from '../../src/identity/user.ts'
import { createKnexCards } from '../../src/infra/db/knex-cards.ts'
import { createKnexConversations } from '../../src/infra/db/knex-conversations.ts'
import { createKnexDeliveries } from '../../src/infra/db/knex-deliveries.ts'
import { createKnexElections } from '../../src/infra/db/knex-elections.ts'
import { createKnexErase } from '../../src/infra/db/knex-erase.ts'
import { createKnexInbox } from '../../src/infra/db/knex-inbox.ts'
import { createKnexLedger } from '../../src/infra/db/knex-ledger.ts'
import { createKnexOwnKeys } from '../../src/infra/db/knex-own-keys.ts'
import { createKnexPersonalData } from '../../src/infra/db/knex-personal-data.ts'
import { createKnexPushLedger } from '../../src/infra/db/knex-push-ledger.ts'
import { createKnexRefusals } from '../../src/infra/db/knex-refusals.ts'
import { createKnexTurns } from '../../src/infra/db/knex-turns.ts'
import { createKnexUsage } from '../../src/infra/db/knex-usage.ts'
import { createKnexUsers } from '../../src/infra/db/knex-users.ts'
import { engines, openTestDatabase } from '../support/databases.ts'
import { testPersonHash } from '../support/person-hash.ts'

const T0 = 1_760_000_000_000
const ROWS = 3000

type Statement = { sql: string; bindings: Knex.Value[] }

/** Every statement that one message causes from its arrival to its delivery, and the sweep's, as they are sent. */
const walkThrough = async (knex: Knex): Promise<Statement[]> => {
  const statements: Statement[] = []
  const record = ({ sql, bindings }: Statement) => {
    if (/^(select|update|delete)/i.test(sql)) statements.push({ sql, bindings })
  }
  knex.on('query', record)
  const ids = createIds(() => T0)
  const [inbox, users] = [createKnexInbox(knex, testPersonHash), createKnexUsers(knex, ids, testPersonHash)]
  const [turns, deliveries] = [
    createKnexTurns(knex, testPersonHash),
    createKnexDeliveries(knex, testPersonHash),
  ]
  const person = { account: 'gh_1', openid: 'o42' }
  const said = { kind: 'text', text: 'x' } as const
  const ledger = createKnexPushLedger(knex)
  const elections = createKnexElections(knex)
  const incoming = { person, messageKey: 'm:new', said, receivedAt: T0, doorClosesAt: T0 + 1 }
  await inbox.open(incoming)
  await inbox.open(incoming)
  await inbox.replyTo(incoming)
  await users.followed(person, T0)
  const user = await users.ensure(person, T0)
  await users.acted(user.id, 'message', T0)
  await users.unreachable(user.id, T0)
  await users.findById(user.id)
  await users.chooseModel(user.id, 'm')
  await users.newConversation(user.id, T0)
  await users.askErase(user.id, 'm:1', T0)
  await users.block(user.id, true, T0)
  const turn = {
    ...{ id: ids.next('trn'), userId: user.id, conversationId: user.conversationId },
    ...{ question: 'x', incoming, cost: { model: 'm', price: 1, ownKey: false }, maxWaiting: 3 },
  }
  await turns.unfinishedOf(user.id)
  await turns.begin(turn)
  await turns.begin(turn)
  await turns.append(turn.id, 'y', incoming)
  await turns.markQueued(turn.id)
  await turns.frontOfLine(user.id)
  await turns.frontOfPage(user.id)
  await turns.claim(turn.id, T0, T0 + 1)
  await turns.renew(turn.id, 1, T0 + 1)
  await turns.requestStop(user.id)
  await turns.requestStop(user.id, turn.id)
  await turns.renew(turn.id, 1, T0 + 1)
  await turns.history(user.conversationId, turn.id, 50)
  await turns.end(turn.id, 1, { status: 'failed', failure: 'timed-out', refusalCode: 'X' }, T0)
  await turns.refund(turn.id, T0)
  await turns.lastQuestion(user.id, user.conversationId)
  await turns.unfinished(T0, 100)
  await deliveries.closeDoor(turn.id, 'late', T0)
  await deliveries.startPush(turn.id, T0, T0 + 1)
  const push = { turnId: turn.id, attempt: 1 }
  await deliveries.storeParts(push, ['x'])
  await deliveries.renewPush(push, T0 + 1)
  await deliveries.partSent(push, 1, T0, T0 + 1)
  await deliveries.postponePush(push, T0, T0)
  await deliveries.holdPush(push, 'refused', T0)
  await deliveries.nextHeld(user.id)
  await deliveries.untoldParts(user.id, turn.id)
  await deliveries.release(user.id, T0)
  await deliveries.endPush(push, T0)
  await deliveries.expirePush(push, true, T0)
  await deliveries.handOver(turn.id, 1, ['x', 'y'], 'y', incoming, T0)
  await deliveries.confirmReply(turn.id)
  await deliveries.takeBackReplies(T0 - 1_000_000)
  await deliveries.due(T0 + 10, 100)
  await deliveries.expireHeld(T0, T0)
  await ledger.history(user.id, T0)
  await ledger.forget(T0 - 1_000_000)
  await elections.hold('sweep', 'me', T0, T0 + 1)
  await walkThroughPage(knex, user, turn.id)
  await walkThroughQuota(knex, user)
  knex.off('query', record)
  return statements
}

/** What the page looks at and deletes. */
const walkThroughPage = async (knex: Knex, user: User, turnId: string): Promise<void> => {
  const conversations = createKnexConversations(
    knex,
    createIds(() => T0),
    testPersonHash,
  )
  const { id } = await conversations.create(user.id, T0)
  await conversations.list(user.id, { limit: 10, after: { updatedAt: T0, id } })
  await conversations.find(user.id, id)
  await conversations.rename(user.id, id, 'x')
  await conversations.turns(user.id, id, { limit: 10, before: turnId }, T0)
  await conversations.findTurn(user.id, turnId)
  await conversations.readTurn(user.id, turnId, T0)
  await conversations.turnOf(user.id, 'm:new')
  await createKnexUsage(knex)(user.id, T0, T0)
  const personalData = createKnexPersonalData(knex)
  await personalData.records(user.id)
  await personalData.entries(user.id, { limit: 10, after: 0 })
  await conversations.remove(user.id, user.conversationId, T0)
}

/** What is given, redeemed, bound, refused, and forgotten in the end. */
const walkThroughQuota = async (knex: Knex, user: User): Promise<void> => {
  const ids = createIds(() => T0)
  const [ledger, cards] = [createKnexLedger(knex, ids), createKnexCards(knex, ids)]
  const [ownKeys, refusals] = [createKnexOwnKeys(knex), createKnexRefusals(knex)]
  const gift = { userId: user.id, kind: 'card', source: 'card:1:1', calls: 1, expiresAt: T0 + 1 } as const
  const card = { batch: 1, serial: 1, personHashes: ['hash'], cause: 'm:1' }
  await cards.redeem(card, { ...gift, reason: 'x' }, T0)
  await cards.redeem(card, { ...gift, reason: 'x' }, T0)
  await cards.state(card)
  await ledger.given(['card:1:1'])
  await ledger.balance(user.id, T0)
  await ledger.takeBack(user.id, 1, 'x', T0)
  await ledger.entries(user.id, 10)
  await ledger.expire(T0 + 1, 10)
  await ownKeys.keep(user.id, { channel: 'c', sealed: 's', keyVersion: 'v', tail: 't' }, T0)
  await ownKeys.find(user.id)
  await ownKeys.forget(user.id)
  await refusals.record({ code: 'X', at: T0, rule: 'rate', userId: user.id, details: {} })
  await refusals.find('X')
  await refusals.forget(T0 - 1_000_000)
  await createKnexErase(knex, testPersonHash)(user, 'forgotten', T0)
}

/** A service in use: most turns are finished, a few are not. */
const fill = async (knex: Knex): Promise<void> => {
  const ids = createIds(() => T0 - 1_000_000)
  const rows = Array.from({ length: ROWS }, (_, index) => ({
    index,
    usr: `usr_${index}`,
    cnv: `cnv_${index}`,
    trn: ids.next('trn'),
    finished: index % 100 !== 0,
  }))
  const chunk = 300
  await knex.batchInsert(
    'users',
    rows.map(({ index, usr, cnv }) => ({
      id: usr,
      account: 'gh_1',
      openid: `o${index}`,
      conversation_id: cnv,
      created_at: T0,
    })),
    chunk,
  )
  await knex.batchInsert(
    'conversations',
    rows.map(({ usr, cnv }) => ({ id: cnv, user_id: usr, created_at: T0, updated_at: T0 })),
    chunk,
  )
  await knex.batchInsert(
    'inbound_messages',
    rows.map(({ index }) => ({
      account: 'gh_1',
      openid: `o${index}`,
      message_key: `m:${index}`,
      received_at: T0,
    })),
    chunk,
  )
  await knex.batchInsert(
    'turns',
    rows.map(({ index, usr, cnv, trn, finished }) => ({
      ...{
        id: trn,
        user_id: usr,
        conversation_id: cnv,
        message_key: `m:${index}`,
        question: 'q',
        created_at: T0,
      },
      status: finished ? 'answered' : 'received',
      lease_until: finished ? T0 : 0,
    })),
    chunk,
  )
  await knex.batchInsert(
    'deliveries',
    rows.map(({ usr, trn, finished }) => ({
      turn_id: trn,
      user_id: usr,
      status: finished ? 'replied' : 'pending',
      due_at: T0,
      updated_at: T0,
    })),
    chunk,
  )
  await knex.batchInsert(
    'pushes',
    rows.map(({ usr }) => ({ user_id: usr, sent_at: T0 })),
    chunk,
  )
  await knex.batchInsert(
    'grants',
    rows.map(({ usr, index }) => ({
      ...{ id: `grt_${index}`, user_id: usr, kind: 'trial', source: `trial:${index}`, calls: 10 },
      ...{ left_calls: 9, expires_at: T0 + 1_000_000, created_at: T0 },
    })),
    chunk,
  )
  await knex.batchInsert(
    'ledger_entries',
    rows.map(({ usr, trn, index }) => ({
      ...{
        at: T0,
        user_id: usr,
        grant_id: `grt_${index}`,
        kind: 'settle',
        calls: 1,
        turn_id: trn,
        reason: 'x',
      },
    })),
    chunk,
  )
  await knex.batchInsert(
    'card_uses',
    rows.map(({ usr, index }) => ({
      batch: 7,
      serial: index,
      person_hash: 'h',
      user_id: usr,
      redeemed_at: T0,
    })),
    chunk,
  )
  await knex.batchInsert(
    'refusals',
    rows.map(({ usr, index }) => ({ code: `R${index}`, at: T0, rule: 'rate', user_id: usr, details: '{}' })),
    chunk,
  )
  await knex.batchInsert(
    'own_keys',
    rows.map(({ usr }) => ({
      user_id: usr,
      channel: 'c',
      sealed: 's',
      key_version: 'v',
      tail: 't',
      created_at: T0,
    })),
    chunk,
  )
  await knex.batchInsert(
    'departed_users',
    rows.map(({ index }) => ({ person_hash: `h${index}`, left_at: T0 })),
    chunk,
  )
  await knex('elections').insert(
    rows.map(({ trn }) => ({ office: trn, holder: 'x', until: T0 })).slice(0, 100),
  )
}

/** Tables that a plan reads from end to end. */
const scannedBy = async (knex: Knex, engine: string, { sql, bindings }: Statement): Promise<string[]> => {
  if (engine === 'sqlite') {
    const plan: { detail: string }[] = await knex.raw(`explain query plan ${sql}`, bindings)
    return plan
      .map(({ detail }) => detail)
      .filter((detail) => detail.startsWith('SCAN') && detail !== 'SCAN line')
  }
  const [plan = []]: { table: string | null; type: string | null; rows: number }[][] = await knex.raw(
    `explain ${sql}`,
    bindings,
  )
  return (
    plan
      // Names in angle brackets are the few rows of a part result.
      .filter(({ table, type }) => (type === 'ALL' || type === 'index') && !table?.startsWith('<'))
      .map(({ table, type, rows }) => `${type} of ${table}, ${rows} rows`)
  )
}

describe.each(engines)('the hot queries on %s', (engine) => {
  let opened: Awaited<ReturnType<typeof openTestDatabase>>
  beforeAll(async () => {
    opened = await openTestDatabase(engine)
    await fill(opened.knex)
    const tables = [
      'users',
      'conversations',
      'inbound_messages',
      'turns',
      'deliveries',
      'pushes',
      'elections',
      'grants',
      'ledger_entries',
      'card_uses',
      'refusals',
      'own_keys',
      'departed_users',
    ]
    if (engine === 'mysql') await opened.knex.raw(`analyze table ${tables.join(', ')}`)
    else await opened.knex.raw('analyze')
  })
  afterAll(() => opened.drop())

  test('all have their index: none reads a whole table', async () => {
    const statements = await walkThrough(opened.knex)
    expect(statements.length).toBeGreaterThan(20)
    const scans: string[] = []
    for (const statement of statements)
      for (const scan of await scannedBy(opened.knex, engine, statement))
        scans.push(`${scan}: ${statement.sql}`)
    expect(scans).toEqual([])
  })

  test('a query without an index is found by this test', async () => {
    const missing = { sql: 'select * from turns where model = ?', bindings: ['x'] }
    expect(await scannedBy(opened.knex, engine, missing)).toHaveLength(1)
  })
})
