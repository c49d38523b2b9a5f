import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Knex } from 'knex'
import { createIds } from '../../src/base/ids.ts'
import type { User } from '../../src/identity/user.ts'
import { createKnexCards } from '../../src/infra/db/knex-cards.ts'
import { createKnexConversations } from '../../src/infra/db/knex-conversations.ts'
import { createKnexDeliveries } from '../../src/infra/db/knex-deliveries.ts'
import { createKnexElections } from '../../src/infra/db/knex-elections.ts'
import { createKnexErase } from '../../src/infra/db/knex-erase.ts'
import { createForgetErasures, createKnexFactsSince } from '../../src/infra/db/knex-facts.ts'
import { createKnexInbox } from '../../src/infra/db/knex-inbox.ts'
import { createKnexLedger } from '../../src/infra/db/knex-ledger.ts'
import { createKnexLoginCodes } from '../../src/infra/db/knex-login-codes.ts'
import { createKnexLoginTickets } from '../../src/infra/db/knex-login-tickets.ts'
import { createKnexOwnKeys } from '../../src/infra/db/knex-own-keys.ts'
import { createKnexPersonalData } from '../../src/infra/db/knex-personal-data.ts'
import { createKnexPushLedger } from '../../src/infra/db/knex-push-ledger.ts'
import { createKnexRefusals } from '../../src/infra/db/knex-refusals.ts'
import { createKnexRetention } from '../../src/infra/db/knex-retention.ts'
import { createKnexSessions } from '../../src/infra/db/knex-sessions.ts'
import { createKnexTurns } from '../../src/infra/db/knex-turns.ts'
import { createKnexUsage } from '../../src/infra/db/knex-usage.ts'
import { createKnexUsers } from '../../src/infra/db/knex-users.ts'
import { engines, openTestDatabase } from '../support/databases.ts'
import { fillDatabase } from '../support/fill-database.ts'
import { testPersonHash } from '../support/person-hash.ts'

const T0 = 1_760_000_000_000

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
  await turns.markShown(turn.id, T0)
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
  const retention = createKnexRetention(knex, testPersonHash)
  await retention.removeTurns(T0 - 1_000_000, 10, T0)
  await retention.removeEmptyConversations('', T0 * 2, 10)
  await retention.removeAudit(T0 - 1_000_000, 10)
  for await (const facts of createKnexFactsSince(knex)(T0)) expect(facts).not.toEqual([])
  await createForgetErasures(knex)(T0 - 1_000_000, 10)
  await walkThroughLogin(knex, user.id)
  await walkThroughPage(knex, user, turn.id)
  await walkThroughQuota(knex, user)
  knex.off('query', record)
  return statements
}

/** From the picture to the session, and every request after it. */
const walkThroughLogin = async (knex: Knex, userId: string): Promise<void> => {
  const tickets = createKnexLoginTickets(knex)
  const codes = createKnexLoginCodes(knex)
  const sessions = createKnexSessions(knex)
  const until = { createdAt: T0, expiresAt: T0 + 1 }
  const seen = {
    scene: 'scene',
    mark: '42',
    userAgent: 'x',
    kind: 'scene',
    scannedAt: undefined,
    userId: undefined,
  } as const
  await tickets.add({ ...seen, ...until, ticket: 'a', browserHash: 'b' })
  await tickets.find('a')
  await tickets.scanned({ scene: 'scene' }, userId, T0)
  await tickets.scanned({ mark: '42' }, userId, T0)
  const code = {
    userId,
    codeHash: 'c',
    browserHash: 'b',
    cause: 'm:1',
    attempt: 1,
    expiresAt: T0 + 1,
    usedAt: undefined,
  }
  await codes.ofUser(userId)
  await codes.keep(code, undefined, T0)
  await codes.keep(code, 'm:1', T0)
  await codes.withHash('c')
  await codes.guess('b', 5, T0)
  await codes.use(code, T0)
  await codes.forget(userId)
  await sessions.find('t', T0)
  await sessions.list(userId, T0)
  await sessions.untold(userId, T0)
  await sessions.told(['ses_1'], T0)
  await sessions.revoke(userId, 'ses_1')
  await sessions.revokeAll(userId)
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
    await fillDatabase(opened.knex, T0)
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
      'sessions',
      'login_tickets',
      'login_codes',
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
