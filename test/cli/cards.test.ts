import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import { createCardKeys } from '../../src/quota/card-key.ts'
import { engines } from '../support/databases.ts'
import { type Installation, installYingda, spawnYingda } from '../support/yingda.ts'

const Card = z.strictObject({
  key: z.string().regex(/^([0-9A-HJKMNP-TV-Z]{6}-){7}[0-9A-HJKMNP-TV-Z]{6}$/),
  serial: z.number(),
  calls: z.number(),
  days: z.number().nullable(),
  expires: z.string().nullable(),
})
const Created = z.strictObject({ batch: z.string(), cards: z.array(Card) })

const create = async (yingda: Installation, ...args: string[]) =>
  Created.parse(await yingda.json('cards', 'create', ...args))

/** Their keys alone, of a fresh batch. */
const newKeys = async (yingda: Installation, count: number, ...args: string[]): Promise<string[]> => {
  const { cards } = await create(yingda, '--count', String(count), '--calls', '100', ...args)
  return cards.map(({ key }) => key)
}

const left = async ({ operator }: Installation, userId: string): Promise<number> =>
  (await operator.ledger.balance(userId, Date.now())).remaining

describe.each(engines)('yingda cards on %s', (engine) => {
  let yingda: Installation
  beforeAll(async () => {
    yingda = await installYingda(engine)
  })
  afterAll(() => yingda.close())

  test('makes cards that are redeemed once', async () => {
    const { batch, cards } = await create(
      yingda,
      ...['--count', '2', '--calls', '100', '--days', '30', '--expires', '2300-12-31', '--batch', '春天'],
    )
    expect(batch).toBe('春天')
    expect(cards.map(({ key, ...facts }) => facts)).toEqual(
      [1, 2].map((serial) => ({ serial, calls: 100, days: 30, expires: '2300-12-31' })),
    )
    const [user, other] = [await yingda.newUser(), await yingda.newUser()]
    const [one = '', two = ''] = cards.map(({ key }) => key)
    const redeemed = await yingda.json('cards', 'redeem', one, '--user', user.openid)
    expect(redeemed).toMatchObject({ user: user.id, calls: 100, remaining: 100 })
    expect(redeemed).toMatchObject({ expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) })
    expect(await yingda.refusal('cards', 'redeem', one, '--user', user.id)).toMatch(
      /this user has redeemed this card/,
    )

    const rivals = [user, other].map(({ id }) => yingda.spawn('cards', 'redeem', two, '--user', id))
    const outcomes = await Promise.all(rivals)
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual([0, 1])
    expect([await left(yingda, user.id), await left(yingda, other.id)].toSorted()).toEqual(
      outcomes[0]?.status === 0 ? [0, 200] : [100, 100],
    )

    expect(await yingda.json('cards', 'show', one.toLowerCase())).toMatchObject({
      ...{ name: '春天', serial: 1, state: 'used', usedBy: user.id, calls: 100 },
    })
    expect((await yingda.run('cards', 'list')).stdout).toMatch(/^春天 +\d+ +2 +2 +0 +100 +30 +2300-12-31/m)
    expect((await yingda.run('ledger', 'reconcile')).stdout).toBe('all 2 grants are right\n')
  })

  test('takes back one card, or what is unused of a batch', async () => {
    const { batch, cards } = await create(yingda, '--count', '3', '--calls', '7')
    const [one = '', two = '', three = ''] = cards.map(({ key }) => key)
    const user = await yingda.newUser()
    await yingda.json('cards', 'redeem', one, '--user', user.id)
    expect(await yingda.refusal('cards', 'void', two)).toMatch(/takes card .*\/2 back .*--yes/)
    expect(await yingda.json('cards', 'void', two, '--yes')).toMatchObject({ name: batch, serial: 2 })
    expect(await yingda.refusal('cards', 'void', one, '--yes')).toMatch(/used already/)
    expect(await yingda.refusal('cards', 'void', `${batch}/2`, '--yes')).toMatch(/void already/)
    expect(await yingda.json('cards', 'void', batch, '--yes')).toMatchObject({ used: 1, void: 2 })
    for (const key of [two, three])
      expect(await yingda.refusal('cards', 'redeem', key, '--user', user.id)).toMatch(/taken back/)
    const { stdout } = await yingda.run('cards', 'export', batch)
    expect(stdout.split('\n')).toEqual([
      'serial,calls,days,expires,state,used_at,user',
      expect.stringMatching(new RegExp(`^1,7,,,used,\\d{4}-.*Z,${user.id}$`)),
      ...['2,7,,,void,,', '3,7,,,void,,', ''],
    ])
    expect(stdout).not.toContain(one.slice(0, 6))
  })

  test('after a restore, what was used before is redeemed again by its owner alone, once', async () => {
    const [key = '', unused = ''] = await newKeys(yingda, 2)
    const [user, other] = [await yingda.newUser(), await yingda.newUser()]
    await yingda.json('cards', 'redeem', key, '--user', user.id)
    const file = join(yingda.dir, `used-${engine}.csv`)
    expect((await yingda.run('cards', 'export', '--used', '--out', file)).stdout).toMatch(/cards in /)
    const exported = readFileSync(file, 'utf8')
    expect(exported).toMatch(/^batch,serial,person_hash,redeemed_at\n\d+,\d,[\w-]{43},/)
    expect(exported).not.toContain(user.openid)
    expect(statSync(file).mode & 0o777).toBe(0o600)

    const restored = await installYingda(engine, yingda.env.APP_SECRET)
    try {
      const [again, stranger] = [user, other].map(({ account, openid }) =>
        restored.operator.users.ensure({ account, openid }, Date.now()),
      )
      const [owner, notOwner] = [(await again)?.id ?? '', (await stranger)?.id ?? '']
      expect(await restored.refusal('cards', 'import', file)).toMatch(/used cards?: .*--yes/)
      const count = exported.trimEnd().split('\n').length - 1
      expect(await restored.json('cards', 'import', file, '--yes')).toEqual({
        ...{ uses: count, opened: count, known: 0 },
      })
      expect((await restored.run('cards', 'show', key)).stdout).toMatch(/before a restore/)
      expect(await restored.refusal('cards', 'redeem', key, '--user', notOwner)).toMatch(/somebody else/)
      expect(await restored.json('cards', 'redeem', key, '--user', owner)).toMatchObject({ calls: 100 })
      expect(await restored.refusal('cards', 'redeem', key, '--user', owner)).toMatch(/has redeemed/)
      // What nobody has used redeems where nothing is known of it.
      expect(await restored.json('cards', 'redeem', unused, '--user', notOwner)).toMatchObject({ calls: 100 })
      expect(await restored.json('cards', 'import', file, '--yes')).toMatchObject({ opened: 0, known: count })
      expect(await left(restored, owner)).toBe(100)
    } finally {
      await restored.close()
    }
  })
})

describe('yingda cards', () => {
  let yingda: Installation
  beforeAll(async () => {
    yingda = await installYingda('sqlite')
  })
  afterAll(() => yingda.close())

  test('makes thousands at once, as JSON or into a file that its owner alone reads', async () => {
    const { batch, cards } = await create(yingda, '--count', '2000', '--calls', '16777215')
    expect(new Set(cards.map(({ key }) => key)).size).toBe(2000)
    expect(cards.map(({ serial }) => serial)).toEqual(Array.from({ length: 2000 }, (_, at) => at + 1))
    expect(batch).toMatch(/^\d{8}-[0-9a-z]{4}$/)
    const args = [
      'cards',
      'create',
      '--count',
      '2000',
      '--calls',
      '3',
      '--batch',
      'file',
      '--out',
      'cards.csv',
    ]
    const ran = await yingda.run(...args)
    expect(ran).toMatchObject({ status: 0, stderr: '' })
    expect(ran.stdout).toBe('batch file: 2,000 cards in cards.csv; the keys are nowhere else\n')
    const path = join(yingda.dir, 'cards.csv')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(lines[0]).toBe('serial,key,calls,days,expires')
    expect(lines.at(-1)).toMatch(/^2000,[0-9A-Z-]{55},3,,$/)
    expect(lines).toHaveLength(2001)

    expect(await yingda.refusal(...args)).toMatch(/"cards\.csv" cannot be made: there is one already/)
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(2002)
    args.splice(-1, 1, 'other.csv')
    expect(await yingda.refusal(...args)).toMatch(/a batch "file" already/)
    expect(existsSync(join(yingda.dir, 'other.csv'))).toBe(false)
  })

  test('prints a table for the eye', async () => {
    const { stdout } = await yingda.run('cards', 'create', '--count', '1', '--calls', '5', '--batch', 'eye')
    expect(stdout).toMatch(/^batch eye\nserial +key +calls +days +expires\n1 +[0-9A-Z-]{55} +5 +- +-\n$/)
  })

  test('verifies with the secret alone, and makes neither database nor secret', async () => {
    const [key = ''] = await newKeys(yingda, 1, '--days', '9')
    const empty = await installYingda('sqlite', yingda.env.APP_SECRET)
    const database = join(empty.dir, 'none.sqlite')
    const env = { ...empty.env, DATABASE_URL: `sqlite:${database}` }
    try {
      const verified = await spawnYingda(empty.dir, env, [
        'cards',
        'verify',
        ` ${key.toLowerCase()}`,
        '--json',
      ])
      expect(JSON.parse(verified.stdout)).toMatchObject({
        genuine: true,
        calls: 100,
        days: 9,
        tooLate: false,
      })
      const forged = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`
      expect(await spawnYingda(empty.dir, env, ['cards', 'verify', forged])).toMatchObject({
        ...{ status: 1, stdout: '', stderr: expect.stringMatching(/^yingda: this key is forged .*\n$/) },
      })
      const { APP_SECRET: _, ...without } = env
      const secretless = await spawnYingda(empty.dir, without, ['cards', 'verify', key])
      expect(secretless).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/there is no .*app-secret/),
      })
      expect(existsSync(database)).toBe(false)
      expect(existsSync(join(empty.dir, 'app-secret'))).toBe(false)
    } finally {
      await empty.close()
    }
  })

  test('says of each card that is refused why', async () => {
    const keys = createCardKeys({
      current: Buffer.from(yingda.env.APP_SECRET, 'base64'),
      previous: [],
    })
    const late = keys.seal({ batch: 1, serial: 1, calls: 5, days: undefined, redeemBy: '2020-02-29' })
    const forged = createCardKeys({ current: Buffer.alloc(32), previous: [] }).seal({
      ...{ batch: 1, serial: 1, calls: 5, days: undefined, redeemBy: undefined },
    })
    const [key = ''] = await newKeys(yingda, 1)
    const [user, other] = [await yingda.newUser(), await yingda.newUser()]
    await yingda.json('cards', 'redeem', key, '--user', other.id)
    const refused = (card: string) => yingda.refusal('cards', 'redeem', card, '--user', user.id)
    expect(await refused(key)).toMatch(/used already, by somebody else/)
    expect(await refused(late)).toBe('yingda: the last day of this card was 2020-02-29')
    expect(await refused(forged)).toMatch(/forged or mistyped/)
    expect(await refused('hello')).toMatch(/no card key: one has 48/)
    expect(await left(yingda, user.id)).toBe(0)
    expect((await yingda.run('cards', 'verify', late)).stdout).toMatch(/2020-02-29, which is past/)
    expect(await yingda.refusal('cards', 'redeem', key, '--user', 'usr_nobody')).toMatch(
      /no user "usr_nobody"/,
    )
  })

  test('reads no file of used cards but its own', async () => {
    const file = join(yingda.dir, 'used.csv')
    const header = 'batch,serial,person_hash,redeemed_at'
    const good = `1,1,${'a'.repeat(43)},2026-11-25T04:00:00.000Z`
    const before = await yingda.operator.cards.uses({ limit: 1000 })
    const bad: [string, RegExp][] = [
      ['', /is empty/],
      ['key,value\n', /nothing that "cards export --used" wrote/],
      [`${header}\n`, /holds no used card/],
      [`${header}\n${good}\n2,1,short,2026-11-25T04:00:00.000Z\n`, /^yingda: line 3 is not batch/],
      [`${header}\n${good}\n4294967296,1,${'a'.repeat(43)},2026-11-25T04:00:00.000Z\n`, /line 3/],
      [`${header}\n${good}\n1,1048576,${'a'.repeat(43)},2026-11-25T04:00:00.000Z\n`, /line 3/],
      [`${header}\n${good}\n1,1,${'a'.repeat(43)},2026-13-45T04:00:00.000Z\n`, /line 3/],
      [`${header}\n${good}\n1,1,${'a'.repeat(43)},2026-11-25T04:00:00.000Z,x\u001b[2J\n`, /line 3/],
      ['x'.repeat(100_000), /a line never ends/],
    ]
    for (const [text, why] of bad) {
      writeFileSync(file, text)
      expect(await yingda.refusal('cards', 'import', file, '--yes')).toMatch(why)
    }
    expect(await yingda.refusal('cards', 'import', yingda.dir, '--yes')).toMatch(/cannot be read \(EISDIR\)/)
    expect(await yingda.refusal('cards', 'import', 'nowhere.csv')).toMatch(/cannot be read \(ENOENT\)/)
    expect(await yingda.operator.cards.uses({ limit: 1000 })).toEqual(before)
    // As a spreadsheet saves it.
    writeFileSync(file, `\uFEFF${header}\r\n${good}\r\n`)
    expect(await yingda.json('cards', 'import', file, '--yes')).toMatchObject({ uses: 1, opened: 1 })
  })

  test('answers wrong usage with exit 2 and a line', async () => {
    const wrong = [
      ['cards', 'create', '--count', '0', '--calls', '1'],
      ['cards', 'create', '--count', '1000001', '--calls', '1'],
      ['cards', 'create', '--count', '1', '--calls', '16777216'],
      ['cards', 'create', '--count', '9'.repeat(10_000), '--calls', '1'],
      ['cards', 'create', '--count', '1e3', '--calls', '1', '--days', '32768'],
      ['cards', 'create', '--count', '1', '--calls', '1', '--expires', '2027-02-29'],
      ['cards', 'create', '--count', '1', '--calls', '1', '--expires', '2020-01-01'],
      ['cards', 'create', '--count', '1', '--calls', '1', '--expires', '9999-01-01'],
      ['cards', 'create', '--count', '1', '--calls', '1', '--batch', '=1+1'],
      ['cards', 'create', '--count', '1', '--calls', '1', '--batch', '\u001b[2Jx'],
      ['cards', 'create', '--count', '1', '--calls', '1', '--batch', '1234'],
      ['cards', 'create', '--count', '1', '--calls', '1', '--batch', 'a/b'],
      ['cards', 'create', '--count', '1', '--calls', '1', '--batch', 'x'.repeat(65)],
      ['cards', 'create', '--calls', '1'],
      ['cards', 'export'],
      ['cards', 'export', 'spring', '--used'],
      ['cards', 'redeem', 'KEY'],
    ]
    const batches = await yingda.operator.cards.batches()
    for (const args of wrong) {
      const { status, stdout, stderr } = await yingda.run(...args)
      expect({ args, status, stdout }).toEqual({ args, status: 2, stdout: '' })
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
      expect(stderr.length).toBeLessThan(600)
      expect(stderr).not.toMatch(/\u001b|node:|\.ts:/)
    }
    expect(await yingda.operator.cards.batches()).toEqual(batches)
  })

  test('answers what makes no sense with exit 1 and a line', async () => {
    const senseless = [
      ['cards', 'show', 'x'.repeat(10_000)],
      ['cards', 'show', '0'.repeat(10_000)],
      ['cards', 'show', `${'9'.repeat(10_000)}/1`],
      ['cards', 'show', 'nowhere/1048576'],
      ['cards', 'show', '4294967296/1'],
      ['cards', 'verify', '\u001b]0;x\u0007'],
      ['cards', 'verify', '𠮷'.repeat(48)],
      ['cards', 'void', '\u001b[31mred', '--yes'],
      ['cards', 'void', "' or 1=1 --", '--yes'],
      ['cards', 'export', 'x'.repeat(10_000)],
      ['cards', 'redeem', 'x'.repeat(10_000), '--user', 'y'.repeat(10_000)],
    ]
    for (const args of senseless) {
      const line = await yingda.refusal(...args)
      expect(line.length).toBeLessThan(300)
      expect(line).not.toMatch(/\u001b|\u0007|node:|\.ts:/)
    }
  })
})
