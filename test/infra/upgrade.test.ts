import { afterEach, describe, expect, test } from '@jest/globals'
import type { Knex } from 'knex'
import { openDatabase } from '../../src/infra/db/database.ts'
import {
  appliedMigrations,
  MIGRATIONS_DIR,
  migrate,
  programMigrations,
  undoLastMigration,
} from '../../src/infra/db/migrate.ts'
import { createTestDatabase, engines } from '../support/databases.ts'

/** The last schema before answers were charged by what was shown. */
const BEFORE = '20261126000100_page.ts'
const T0 = 1_760_000_000_000

/** A user with an answer of each kind, a session, a ticket and a code, as the older program wrote them. */
const fillOld = async (knex: Knex): Promise<void> => {
  await knex('users').insert({ id: 'usr_1', account: 'gh', openid: 'oAbc', created_at: T0 })
  await knex('conversations').insert({ id: 'cnv_1', user_id: 'usr_1', created_at: T0, updated_at: T0 })
  const turn = {
    user_id: 'usr_1',
    conversation_id: 'cnv_1',
    question: '问',
    status: 'answered',
    ending: 'whole',
    answer: '答',
    on_page: false,
    charged: true,
    created_at: T0,
    ended_at: T0 + 5,
  }
  await knex('turns').insert([
    { ...turn, id: 'trn_page', message_key: 'p', on_page: true },
    { ...turn, id: 'trn_carried', message_key: 'c', ending: 'stopped', answer: '前半\n\n（已停止）' },
    { ...turn, id: 'trn_held', message_key: 'h' },
    {
      ...turn,
      id: 'trn_failed',
      message_key: 'f',
      status: 'failed',
      answer: null,
      ending: null,
      charged: false,
    },
  ])
  const delivery = { user_id: 'usr_1', status: 'held', due_at: T0, parts_sent: 0, updated_at: T0 }
  await knex('deliveries').insert([
    { ...delivery, turn_id: 'trn_carried', parts_sent: 1, status: 'delivered' },
    { ...delivery, turn_id: 'trn_held' },
  ])
  const ends = { created_at: T0, expires_at: T0 + 9 }
  await knex('sessions').insert({
    ...ends,
    id: 'ses_1',
    user_id: 'usr_1',
    token_hash: 't',
    user_agent: 'x',
    last_seen_at: T0,
  })
  await knex('login_tickets').insert([
    { ...ends, ticket: 'a', browser_hash: 'b', kind: 'account' },
    { ...ends, ticket: 'b', browser_hash: 'b', kind: 'account' },
  ])
  await knex('login_codes').insert({
    user_id: 'usr_1',
    code_hash: 'c',
    cause: 'm',
    attempt: 1,
    expires_at: T0,
  })
  await knex('inbound_messages').insert({ account: 'gh', openid: 'oAbc', message_key: 'p', received_at: T0 })
}

const KEPT = [
  'users',
  'conversations',
  'turns',
  'deliveries',
  'sessions',
  'login_tickets',
  'login_codes',
  'inbound_messages',
]
const everything = async (knex: Knex) =>
  Object.fromEntries(await Promise.all(KEPT.map(async (table) => [table, await knex(table).select()])))

describe.each(engines)('a database of the older program on %s', (engine) => {
  const drops: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const drop of drops.splice(0).toReversed()) await drop()
  })

  test('is brought up with what is in it, taken back without loss, and brought up again', async () => {
    const { url, drop } = await createTestDatabase(engine)
    drops.push(drop)
    const database = openDatabase(url)
    drops.push(database.close)
    const { knex } = database
    const newer = programMigrations().filter((name) => name > BEFORE)
    for (const name of programMigrations().filter((each) => each <= BEFORE))
      await knex.migrate.up({ directory: MIGRATIONS_DIR, loadExtensions: ['.ts'], name })
    await fillOld(knex)
    const old = await everything(knex)

    expect(await migrate(database, url)).toEqual({ applied: newer })
    const shown = await knex('turns').orderBy('id').select('id', 'shown_at', 'answer')
    expect(shown.map(({ id, shown_at, answer }) => [id, shown_at && Number(shown_at), answer])).toEqual([
      ['trn_carried', T0 + 5, '前半'],
      ['trn_failed', null, null],
      ['trn_held', null, '答'],
      ['trn_page', T0 + 5, '答'],
    ])
    // Nobody is told of a login of long ago.
    expect((await knex('sessions').pluck('told_at')).map(Number)).toEqual([T0])

    expect((await undoLastMigration(database, url)).undone.toSorted()).toEqual(newer)
    // All but the note, which the surfaces say now.
    const carried = old.turns.find(({ id }: { id: string }) => id === 'trn_carried')
    carried.answer = '前半'
    expect(await everything(knex)).toEqual(old)
    expect(await migrate(database, url)).toEqual({ applied: newer })
    expect(await appliedMigrations(knex)).toEqual(programMigrations())
  })
})
