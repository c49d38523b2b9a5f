import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createOwnKeySeal } from '../../src/identity/own-key.ts'
import { openDatabase } from '../../src/infra/db/database.ts'
import { createKnexOwnKeys } from '../../src/infra/db/knex-own-keys.ts'
import { engines } from '../support/databases.ts'
import { type Installation, installYingda } from '../support/yingda.ts'

describe.each(engines)('yingda users on %s', (engine) => {
  let yingda: Installation
  beforeAll(async () => {
    yingda = await installYingda(engine)
  })
  afterAll(() => yingda.close())

  test('gives calls and takes them back, by id and by OpenID', async () => {
    const { id, openid } = await yingda.newUser()
    const given = await yingda.json(
      'users',
      'grant',
      id,
      '--calls',
      '10',
      '--days',
      '3',
      '--reason',
      '春节快乐',
    )
    expect(given).toMatchObject({ user: id, calls: 10, remaining: 10, expiresAt: expect.any(String) })
    expect((await yingda.run('users', 'grant', openid, '--calls', '5')).stdout).toBe(
      `${id} was given 5 calls, for ever; 15 calls in all\n`,
    )
    expect(await yingda.json('users', 'grant', id, '--calls', '-12')).toMatchObject({
      calls: -12,
      remaining: 3,
    })
    expect((await yingda.run('users', 'grant', id, '--calls', '-12')).stdout).toMatch(
      /^3 calls taken back .*there were no more; 0 calls left/,
    )
    expect(await yingda.refusal('users', 'grant', id, '--calls', '-1')).toMatch(/no calls that could be/)
    const shown = await yingda.json('users', 'show', openid)
    expect(shown).toMatchObject({
      ...{ id, openid, account: 'gh_cli', blocked: false, ownKey: null, quota: { remaining: 0, grants: [] } },
      entries: [
        ...[-3, -2, -10].map((calls) => ({ kind: 'correction', calls })),
        ...[5, 10].map((calls) => ({ kind: 'grant', calls })),
      ],
    })
    expect(JSON.stringify(shown)).toContain('春节快乐')
    expect((await yingda.run('ledger', 'reconcile')).stdout).toMatch(/^all 2 grants are right$/m)
  })

  test('blocks and unblocks', async () => {
    const { id } = await yingda.newUser()
    expect(await yingda.json('users', 'block', id)).toEqual({ user: id, blocked: true, changed: true })
    expect((await yingda.run('users', 'block', id)).stdout).toBe(`${id} is blocked, as before\n`)
    expect((await yingda.operator.users.findById(id))?.blocked).toBe(true)
    expect((await yingda.run('users', 'show', id)).stdout).toMatch(/^state +following, blocked$/m)
    expect((await yingda.run('users', 'unblock', id)).stdout).toBe(`${id} is not blocked\n`)
    expect((await yingda.operator.users.findById(id))?.blocked).toBe(false)
  })

  test('erases a user who is then nobody, when it is agreed to', async () => {
    const { id, openid } = await yingda.newUser()
    await yingda.json('users', 'grant', id, '--calls', '10')
    expect(await yingda.refusal('users', 'erase', id)).toMatch(/forgets usr_.*10 calls\. Add --yes to do it/)
    expect(await yingda.json('users', 'erase', openid, '--yes')).toEqual({ user: id, erased: true })
    expect(await yingda.operator.users.findById(id)).toBeUndefined()
    expect(await yingda.refusal('users', 'show', id)).toMatch(/there is no user/)
    const kinds = (await yingda.operator.ledger.entries(id, 10)).map(({ kind }) => kind)
    expect(kinds).toEqual(['expire', 'grant'])
  })

  test('lists page by page, without whole OpenIDs', async () => {
    const users = [await yingda.newUser(), await yingda.newUser(), await yingda.newUser()]
    const first = await yingda.run('users', 'list', '--limit', '2')
    expect(first.stdout).toMatch(new RegExp(`^${users[2]?.id} +oCli\\*\\*\\*hijk `, 'm'))
    expect(first.stdout).toContain(`further: --after ${users[1]?.id}`)
    const rest = await yingda.json('users', 'list', '--limit', '1', '--after', users[1]?.id ?? '')
    expect(rest).toMatchObject({ users: [{ id: users[0]?.id, remaining: 0, turns: 0, lastTurnAt: null }] })
    expect(first.stdout + JSON.stringify(rest)).not.toContain(users[0]?.openid)
  })

  test('shows of an own key its channel and its tail alone', async () => {
    const { id } = await yingda.newUser()
    const key = 'sk-of-their-own-0123456789'
    const seal = createOwnKeySeal({ current: Buffer.alloc(32), previous: [] }, (size) =>
      Buffer.alloc(size, 7),
    )
    const database = openDatabase(yingda.env.DATABASE_URL)
    const sealed = seal.seal({ userId: id, channel: 'openai-main', key })
    await createKnexOwnKeys(database.knex).keep(id, { channel: 'openai-main', ...sealed }, Date.now())
    await database.close()
    const { stdout } = await yingda.run('users', 'show', id)
    expect(stdout).toMatch(/^own key +openai-main, ending in 6789$/m)
    const shown = await yingda.json('users', 'show', id)
    expect(shown).toMatchObject({ ownKey: { channel: 'openai-main', tail: '6789' } })
    expect(stdout + JSON.stringify(shown)).not.toContain(sealed.sealed)
  })

  test('notes every act in the audit, and no OpenID or key', async () => {
    const { id, openid } = await yingda.newUser()
    await yingda.json('users', 'grant', openid, '--calls', '10', '--reason', 'a gift')
    await yingda.json('users', 'block', openid)
    const { stdout } = await yingda.run('cards', 'create', '--count', '1', '--calls', '5', '--batch', 'noted')
    const [key = ''] = /[0-9A-Z]{6}(-[0-9A-Z]{6}){7}/.exec(stdout) ?? []
    await yingda.json('cards', 'redeem', key, '--user', openid)
    await yingda.json('cards', 'void', 'noted', '--yes')
    await yingda.json('users', 'erase', openid, '--yes')
    const audit = await yingda.json('audit')
    expect(audit).toMatchObject({
      entries: expect.arrayContaining([
        expect.objectContaining({ act: 'users erase', subject: id, details: { calls: 15 } }),
        expect.objectContaining({ act: 'cards void', subject: 'noted' }),
        expect.objectContaining({ act: 'cards redeem', subject: id, details: { card: 'noted/1', calls: 5 } }),
        expect.objectContaining({ act: 'cards create', subject: 'noted' }),
        expect.objectContaining({ act: 'users block', subject: id, actor: expect.stringMatching(/.@./) }),
        expect.objectContaining({ act: 'users grant', details: { calls: 10, reason: 'a gift' } }),
      ]),
    })
    expect(JSON.stringify(audit)).not.toContain(openid)
    expect(JSON.stringify(audit)).not.toContain(key.slice(0, 13))
    expect((await yingda.run('audit', '--days', '1')).stdout).toMatch(/users erase +usr_\w+ +calls=15$/m)
  })

  test('changes nothing when it is asked for what makes no sense', async () => {
    const { id } = await yingda.newUser()
    const before = await yingda.run('audit')
    const wrong = [
      ['users', 'grant', id, '--calls', '0'],
      ['users', 'grant', id, '--calls', '1.5'],
      ['users', 'grant', id, '--calls', '16777216'],
      ['users', 'grant', id, '--calls', '-16777216'],
      ['users', 'grant', id, '--calls', '5', '--days', '0'],
      ['users', 'grant', id, '--calls', '-5', '--days', '3'],
      ['users', 'grant', id, '--calls', '5', '--reason', 'two\nlines'],
      ['users', 'grant', id, '--calls', '5', '--reason', 'x'.repeat(121)],
      ['users', 'grant', id],
      ['users', 'list', '--limit', '0'],
      ['users', 'lost'],
    ]
    for (const args of wrong) {
      const { status, stdout, stderr } = await yingda.run(...args)
      expect({ args, status, stdout }).toEqual({ args, status: 2, stdout: '' })
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    }
    for (const nobody of ['usr_nobody', 'x'.repeat(10_000), "' or '1'='1", '\u001b[2J', '%', '']) {
      const line = await yingda.refusal('users', 'grant', nobody, '--calls', '5')
      expect(line).toMatch(/^yingda: there is no user ".{0,64}": "users list"/)
      expect(await yingda.refusal('users', 'erase', nobody, '--yes')).toBe(line)
    }
    expect(await yingda.json('users', 'list', '--after', '\u0007'.repeat(10_000))).toEqual({ users: [] })
    expect(await yingda.run('audit')).toEqual(before)
    expect(await yingda.operator.ledger.entries(id, 10)).toEqual([])
  })
})
