import type { Knex } from 'knex'
import { createIds } from '../../src/base/ids.ts'

const ROWS = 3000

/** A service in use: most turns are finished, a few are not. */
export const fillDatabase = async (knex: Knex, at: number): Promise<void> => {
  const ids = createIds(() => at - 1_000_000)
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
      created_at: at,
    })),
    chunk,
  )
  await knex.batchInsert(
    'conversations',
    rows.map(({ usr, cnv }) => ({ id: cnv, user_id: usr, created_at: at, updated_at: at })),
    chunk,
  )
  await knex.batchInsert(
    'inbound_messages',
    rows.map(({ index }) => ({
      account: 'gh_1',
      openid: `o${index}`,
      message_key: `m:${index}`,
      received_at: at,
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
        created_at: at,
      },
      status: finished ? 'answered' : 'received',
      lease_until: finished ? at : 0,
    })),
    chunk,
  )
  await knex.batchInsert(
    'deliveries',
    rows.map(({ usr, trn, finished }) => ({
      turn_id: trn,
      user_id: usr,
      status: finished ? 'replied' : 'pending',
      due_at: at,
      updated_at: at,
    })),
    chunk,
  )
  await knex.batchInsert(
    'pushes',
    rows.map(({ usr }) => ({ user_id: usr, sent_at: at })),
    chunk,
  )
  await knex.batchInsert(
    'grants',
    rows.map(({ usr, index }) => ({
      ...{ id: `grt_${index}`, user_id: usr, kind: 'trial', source: `trial:${index}`, calls: 10 },
      ...{ left_calls: 9, expires_at: at + 1_000_000, created_at: at },
    })),
    chunk,
  )
  await knex.batchInsert(
    'ledger_entries',
    rows.map(({ usr, trn, index }) => ({
      ...{
        at,
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
      redeemed_at: at,
    })),
    chunk,
  )
  await knex.batchInsert(
    'refusals',
    rows.map(({ usr, index }) => ({ code: `R${index}`, at, rule: 'rate', user_id: usr, details: '{}' })),
    chunk,
  )
  const until = { created_at: at, expires_at: at + 1000 }
  await knex.batchInsert(
    'sessions',
    rows.map(({ usr, index }) => ({
      ...until,
      id: `ses_${index}`,
      user_id: usr,
      token_hash: `t${index}`,
      browser_hash: `b${index}`,
      user_agent: '',
      last_seen_at: at,
    })),
    chunk,
  )
  await knex.batchInsert(
    'login_tickets',
    rows.map(({ index }) => ({
      ...until,
      ticket: `t${index}`,
      browser_hash: `b${index}`,
      scene: `s${index}`,
      mark: `m${index}`,
      kind: 'scene',
    })),
    chunk,
  )
  await knex.batchInsert(
    'login_codes',
    rows.map(({ usr, index }) => ({
      user_id: usr,
      code_hash: `c${index}`,
      browser_hash: `b${index}`,
      cause: 'm',
      attempt: 1,
      expires_at: at + 1000,
    })),
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
      created_at: at,
    })),
    chunk,
  )
  await knex.batchInsert(
    'departed_users',
    rows.map(({ index }) => ({ person_hash: `h${index}`, left_at: at })),
    chunk,
  )
  await knex('elections').insert(
    rows.map(({ trn }) => ({ office: trn, holder: 'x', until: at })).slice(0, 100),
  )
}
