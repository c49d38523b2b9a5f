import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Knex } from 'knex'
import { createIds } from '../../src/base/ids.ts'
import { createKnexDeliveries } from '../../src/infra/db/knex-deliveries.ts'
import { createKnexElections } from '../../src/infra/db/knex-elections.ts'
import { createKnexInbox } from '../../src/infra/db/knex-inbox.ts'
import { createKnexPushLedger } from '../../src/infra/db/knex-push-ledger.ts'
import { createKnexTurns } from '../../src/infra/db/knex-turns.ts'
import { createKnexUsers } from '../../src/infra/db/knex-users.ts'
import { engines, openTestDatabase } from '../support/databases.ts'

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
  const [inbox, users] = [createKnexInbox(knex), createKnexUsers(knex, ids)]
  const [turns, deliveries] = [createKnexTurns(knex), createKnexDeliveries(knex)]
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
  await users.unfollowed(person, T0)
  const turn = {
    ...{ id: ids.next('trn'), userId: user.id, conversationId: user.conversationId },
    ...{ question: 'x', incoming },
  }
  await turns.unfinishedOf(user.id)
  await turns.begin(turn)
  await turns.begin(turn)
  await turns.append(turn.id, 'y', incoming)
  await turns.markQueued(turn.id)
  await turns.frontOfLine(user.id)
  await turns.claim(turn.id, T0, T0 + 1)
  await turns.renew(turn.id, 1, T0 + 1)
  await turns.requestStop(user.id)
  await turns.renew(turn.id, 1, T0 + 1)
  await turns.history(user.conversationId, turn.id, 50)
  await turns.end(turn.id, 1, { status: 'failed', failure: 'timed-out', refusalCode: 'X' }, T0)
  await turns.refund(turn.id)
  await turns.lastQuestion(user.id)
  await turns.unfinished(T0, 100)
  await deliveries.closeDoor(turn.id, 'late', T0)
  await deliveries.startPush(turn.id, T0, T0 + 1)
  await deliveries.storeParts(turn.id, ['x'])
  await deliveries.renewPush(turn.id, T0 + 1)
  await deliveries.partSent(turn.id, 1, T0, T0 + 1)
  await deliveries.postponePush(turn.id, T0, T0)
  await deliveries.holdPush(turn.id, 'refused', T0)
  await deliveries.nextHeld(user.id)
  await deliveries.untoldParts(user.id, turn.id)
  await deliveries.release(user.id, T0)
  await deliveries.endPush(turn.id, 'delivered', T0)
  await deliveries.handOver(turn.id, 1, ['x', 'y'], 'y', incoming, T0)
  await deliveries.confirmReply(turn.id)
  await deliveries.takeBackReplies(T0 - 1_000_000)
  await deliveries.due(T0 + 10, 100)
  await deliveries.expireHeld(T0, T0)
  await ledger.history(user.id, T0)
  await ledger.forget(T0 - 1_000_000)
  await elections.hold('sweep', 'me', T0, T0 + 1)
  knex.off('query', record)
  return statements
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
