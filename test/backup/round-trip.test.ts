import { statSync } from 'node:fs'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { readTables } from '../../src/infra/backup/read-tables.ts'
import { createBackup } from '../../src/wiring/backup/create.ts'
import { listBackups } from '../../src/wiring/backup/list.ts'
import { restoreBackup } from '../../src/wiring/backup/restore.ts'
import { transfer } from '../../src/wiring/backup/transfer.ts'
import { verifyBackup } from '../../src/wiring/backup/verify.ts'
import { clock, linesOf, type Place, usePlaces } from '../support/backups.ts'
import { engines } from '../support/databases.ts'
import { insertRows, makeRows } from '../support/fill-any.ts'

const ROWS = 120
const KEY = 'correct horse battery staple'

const { place } = usePlaces()
/** MariaDB makes its tables slowly. */
jest.setTimeout(60_000)

/** The same rows in every table there is, whichever the engine. */
const filled = async (engine: (typeof engines)[number], key?: string): Promise<Place> => {
  const made = await place(engine, { BACKUP_KEY: key })
  const plan = await place('sqlite')
  await insertRows((await made.database()).knex, await makeRows((await plan.database()).knex, ROWS))
  return made
}

describe.each(engines)('a backup of every table on %s', (engine) => {
  let source: Place
  let file: string

  beforeAll(async () => {
    source = await filled(engine, KEY)
    const reached: number[] = []
    const made = await createBackup(source.settings, { clock, reached: (done) => reached.push(done) })
    file = made.file ?? ''
    expect(new Set(Object.values(made.tables))).toEqual(new Set([ROWS]))
    expect(reached.at(-1)).toBe(ROWS * Object.keys(made.tables).length)
  })

  test('is one private file, and nothing else is left', () => {
    expect(source.left()).toHaveLength(1)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(listBackups(source.settings.DATA_DIR)).toEqual([
      expect.objectContaining({ file, sealed: true, version: expect.stringMatching(/^\d/) }),
    ])
  })

  test('is verified', async () => {
    const verified = await verifyBackup(source.settings, { clock, file })
    expect(verified).toMatchObject({ restorable: true, sameSecret: true })
    expect(source.left()).toHaveLength(1)
  })

  test.each(engines)('is restored on %s, row for row, with another secret noticed', async (other) => {
    const target = await place(other, { BACKUP_KEY: KEY })
    const restored = await restoreBackup(target.settings, { clock, from: file, agreed: false })
    expect(restored.sameSecret).toBe(false)
    expect(await target.sums()).toEqual(await source.sums())
    const { knex } = await target.database()
    // Counters go on behind what was restored.
    const [user] = await knex('users').pluck<string[]>('id')
    await knex('pushes').insert({ user_id: user, sent_at: 1 })
    expect(new Set((await knex('pushes').pluck('id')).map(Number)).size).toBe(ROWS + 1)
  })

  test('need not be made to bring everything over to the other engine', async () => {
    const target = await place(engines.find((each) => each !== engine) ?? engine)
    const tables = await transfer(target.settings, {
      ...{ clock, agreed: false, fromUrl: source.settings.DATABASE_URL },
      toUrl: target.settings.DATABASE_URL,
    })
    expect(new Set(Object.values(tables))).toEqual(new Set([ROWS]))
    expect(await target.sums()).toEqual(await source.sums())
  })

  test('replaces rows that are there with leave alone', async () => {
    const target = await place(engine, { BACKUP_KEY: KEY })
    const { knex } = await target.database()
    await knex('users').insert({ id: 'usr_1', account: 'other', openid: 'oOther', created_at: 1 })
    const before = await target.sums()
    const from = file
    await expect(restoreBackup(target.settings, { clock, from, agreed: false })).rejects.toMatchObject({
      code: 'target-not-empty',
    })
    expect(await target.sums()).toEqual(before)
    await restoreBackup(target.settings, { clock, from, agreed: true })
    expect(await target.sums()).toEqual(await source.sums())
  })
})

describe('the same data', () => {
  test('is the same on every engine: tables, columns, kinds, keys, lines but for their order, sums', async () => {
    const shapes: unknown[] = []
    const contents: unknown[] = []
    for (const engine of engines) {
      const made = await filled(engine)
      const tables = await readTables((await made.database()).knex, engine)
      for (const { name, key } of tables) expect([name, key.length > 0]).toEqual([name, true])
      shapes.push(tables)
      const { file = '' } = await createBackup(made.settings, { clock })
      const [, ...lines] = linesOf(file)
      contents.push(lines.toSorted())
    }
    for (const each of [...shapes, ...contents]) expect([shapes[0], contents[0]]).toContainEqual(each)
  })
})
