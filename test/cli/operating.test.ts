import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Knex } from 'knex'
import type { NotedRefusal } from '../../src/conversation/refusals.ts'
import type { TurnEnd } from '../../src/conversation/turn.ts'
import { openDatabase } from '../../src/infra/db/database.ts'
import { createKnexTurns } from '../../src/infra/db/knex-turns.ts'
import { engines } from '../support/databases.ts'
import { testPersonHash } from '../support/person-hash.ts'
import { type Installation, installYingda } from '../support/yingda.ts'

const answered: TurnEnd = {
  ...{ status: 'answered', ending: 'whole', answer: 'a', channel: 'c', model: 'm' },
  usage: { promptTokens: 100, completionTokens: 20 },
}

describe.each(engines)('yingda on %s', (engine) => {
  let yingda: Installation
  let database: ReturnType<typeof openDatabase>
  let knex: Knex
  beforeAll(async () => {
    yingda = await installYingda(engine)
    database = openDatabase(yingda.env.DATABASE_URL)
    knex = database.knex
  })
  afterAll(async () => {
    await database.close()
    await yingda.close()
  })

  /** A user of ten calls and a question of theirs, of three. */
  const ask = async () => {
    const user = await yingda.newUser()
    await yingda.json('users', 'grant', user.id, '--calls', '10')
    const now = Date.now()
    const begun = await createKnexTurns(knex, testPersonHash).begin({
      ...{ id: yingda.operator.ids.next('trn'), userId: user.id, conversationId: user.conversationId },
      incoming: {
        ...{ person: user, messageKey: `m:${user.id}`, said: { kind: 'text', text: 'x' } },
        ...{ receivedAt: now, doorClosesAt: now + 1 },
      },
      ...{ question: 'x', cost: { model: 'm', price: 3, ownKey: false }, maxWaiting: 3 },
    })
    if (!begun.ok) throw new Error(begun.reason)
    return { user, turnId: begun.id }
  }
  const end = async (turnId: string, how: TurnEnd) => {
    const turns = createKnexTurns(knex, testPersonHash)
    const claimed = await turns.claim(turnId, Date.now(), Date.now() + 1000)
    expect(await turns.end(turnId, claimed?.attempt ?? 0, how, Date.now())).toBeDefined()
  }

  test('counts what was asked and spent', async () => {
    await end((await ask()).turnId, answered)
    await end((await ask()).turnId, { status: 'failed', failure: 'timed-out', refusalCode: 'TMED0VT1' })
    const days = await yingda.json('usage', '--days', '2')
    expect(days).toHaveLength(2)
    const { stdout } = await yingda.run('usage', '--days', '2')
    expect(stdout.split('\n')[0]).toMatch(/^day +users +questions +answered +failed +on own key +calls spent/)
    expect(stdout).toMatch(/^in all +2 +1 +1 +0 +3 +0 +100 +20$/m)
  })

  test('says which rule refused, and what decided', async () => {
    const refusals: [NotedRefusal['rule'], NotedRefusal['details'], RegExp][] = [
      ['blocked', {}, /^The user is blocked/],
      ['rate', { perMinute: 20, waitSeconds: 7 }, /20 questions .* wait 7 s/],
      ['words', { word: '坏词', line: 12 }, /question holds the word "坏词" of line 12/],
      ['answer-words', { word: 'bad', line: 3, turnId: 'trn_1' }, /answer holds the word "bad" of line 3/],
      ['model', { model: 'gpt-\u001b[2J' }, /model "gpt-\uFFFD\[2J", which no channel offers/],
      ['quota', { price: 5, left: 2, model: 'gpt-5' }, /costs 5 calls with gpt-5, and the user had 2 left/],
      [
        'length',
        { tokens: 9000, mostTokens: 8000, model: 'm' },
        /9000 tokens; 8000 is the most for m, which/,
      ],
      ['waiting', { waiting: 4, maxWaiting: 3 }, /4 questions .* 3 may wait/],
      ['card', { why: 'others', batch: 7, serial: 9 }, /batch 7, serial 9\) was refused: somebody else/],
      ['card', { why: 'forged' }, /not sealed with the secret of this installation/],
      ['card', { why: 'void', batch: 7, serial: 9 }, /the operator took it back/],
    ]
    for (const [at, [rule, details, because]] of refusals.entries()) {
      const code = `K7Q2M9T${at.toString(16).toUpperCase()}`
      await yingda.operator.refusals.record({ code, at: Date.now(), rule, userId: 'usr_1', details })
      const explained = await yingda.json('why', code)
      expect(explained).toMatchObject({
        ...{ code, rule, user: 'usr_1', details },
        because: expect.stringMatching(because),
      })
      const { stdout } = await yingda.run('why', code)
      expect(stdout).not.toMatch(/\u001b/)
      for (const name of Object.keys(details)) expect(stdout).toContain(name)
    }
  })

  test('says why there was an apology, however its code is typed', async () => {
    const { user, turnId } = await ask()
    await end(turnId, { status: 'failed', failure: 'own-key-failed', refusalCode: 'Q10M9TX0' })
    for (const typed of ['Q10M9TX0', 'qlom9txo', ' qi0m-9tx0 ', 'ｑ１０ｍ９ｔｘ０'])
      expect(await yingda.json('why', typed)).toMatchObject({
        ...{ code: 'Q10M9TX0', rule: 'answer', user: user.id },
        ...{ because: expect.stringMatching(/own key did not work/), details: { turn: turnId, model: 'm' } },
      })
    expect(await yingda.refusal('why', 'ZZZZZZZZ')).toMatch(/nothing is known of the code ZZZZZZZZ/)
    for (const typed of ['', 'x', 'Q10M9TX0'.repeat(2000), "' or 1=1", '\u001b[2J\u001b[2J', 'UUUUUUUU'])
      expect(await yingda.refusal('why', typed)).toMatch(/^yingda: ".{0,61}" is no code: one has eight/)
  })

  test('mends balances that are not what the entries say, and tells each', async () => {
    const { user, turnId } = await ask()
    const wrong = await ask()
    await knex('turns').where({ id: turnId }).delete()
    await knex('grants').where({ user_id: wrong.user.id }).update({ left_calls: 1000 })
    const dry = await yingda.json('ledger', 'reconcile', '--dry-run')
    expect(dry).toMatchObject({
      dryRun: true,
      differences: [{ userId: wrong.user.id, left: { was: 1000, is: 7 }, held: { was: 3, is: 3 } }],
      strays: [{ turnId, userId: user.id, calls: 3 }],
    })
    const lines = (await yingda.run('ledger', 'reconcile')).stdout.trimEnd().split('\n')
    expect(lines).toEqual([
      expect.stringMatching(
        /^grant grt_\w+ of usr_\w+: left 1,000, by its entries 7; held 3, by its entries 3$/,
      ),
      `turn ${turnId} of ${user.id}: 3 calls reserved, and nobody works on it`,
      '1 difference, 1 stray reservation: all are mended',
    ])
    expect((await yingda.run('ledger', 'reconcile')).stdout).toMatch(/^all \d+ grants are right\n$/)
    const shown = await yingda.json('users', 'show', user.id)
    expect(shown).toMatchObject({ quota: { remaining: 10 } })
  })
})

describe('yingda', () => {
  let yingda: Installation
  beforeAll(async () => {
    yingda = await installYingda('sqlite')
  })
  afterAll(() => yingda.close())

  test('says what the list of sensitive words makes of a text', async () => {
    expect((await yingda.run('words', 'test', '你好')).stdout).toBe('pass: there is no list\n')
    writeFileSync(join(yingda.dir, 'words.txt'), '# list\n坏词\nmask: 傻瓜\n')
    expect(await yingda.json('words', 'test', '一句话')).toMatchObject({
      ...{ verdict: 'pass', word: null, line: null, text: '一句话' },
    })
    expect(await yingda.json('words', 'test', '有坏 词的话')).toMatchObject({
      ...{ verdict: 'block', word: '坏词', line: 2, text: null },
    })
    expect(await yingda.run('words', 'test', '你这傻瓜')).toEqual({
      ...{ status: 0, stdout: 'mask: 你这＊＊\n  line 3: 傻瓜\n', stderr: '' },
    })
    writeFileSync(join(yingda.dir, 'words.txt'), Buffer.from([0xff, 0x0a]))
    expect(await yingda.refusal('words', 'test', '一句话')).toMatch(
      /words\.txt cannot be used: line 1 is not UTF-8/,
    )
  })

  test('answers wrong usage with exit 2 and a line', async () => {
    const wrong = [
      ['usage', '--days', '0'],
      ['usage', '--days', '9'.repeat(10_000)],
      ['audit', '--days', '\u001b[2J'],
      ['ledger', 'reconcile', '--force'],
      ['why'],
      ['words', 'test'],
    ]
    for (const args of wrong) {
      const { status, stdout, stderr } = await yingda.run(...args)
      expect({ args, status, stdout }).toEqual({ args, status: 2, stdout: '' })
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
      expect(stderr).not.toMatch(/\u001b/)
      expect(stderr.length).toBeLessThan(600)
    }
  })

  test('refuses a database that is newer than itself, or out of reach, with a line', async () => {
    const newer = await installYingda('sqlite')
    const { knex, close } = openDatabase(newer.env.DATABASE_URL)
    await knex('knex_migrations').insert({ name: '20991231000000_future.ts', batch: 2 })
    await close()
    expect(await newer.refusal('users', 'list')).toMatch(/at schema 20991231000000_future/)
    await newer.close()
    const away = await installYingda('sqlite')
    Object.assign(away.env, { DATABASE_URL: 'mysql://yingda:db-password@127.0.0.1:1/yingda' })
    const { status, stderr } = await away.spawn('cards', 'list')
    expect({ status, stderr }).toEqual({
      ...{ status: 1, stderr: 'yingda: the database does not answer: check DATABASE_URL and that it runs\n' },
    })
    await away.close()
  })
})
