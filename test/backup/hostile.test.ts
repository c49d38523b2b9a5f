import { randomBytes } from 'node:crypto'
import { createReadStream, readFileSync, writeFileSync } from 'node:fs'
import { createGzip, gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, jest, test } from '@jest/globals'
import { Encrypter } from 'age-encryption'
import { createBackup } from '../../src/wiring/backup/create.ts'
import { restoreBackup } from '../../src/wiring/backup/restore.ts'
import { verifyBackup } from '../../src/wiring/backup/verify.ts'
import { clock, linesOf, type Place, usePlaces, writeLines } from '../support/backups.ts'
import { insertRows, makeRows } from '../support/fill-any.ts'

const KEY = 'correct horse battery staple'
const { place } = usePlaces()
/** Each file is put into databases of its own, four times over. */
jest.setTimeout(60_000)

let here: Place
let file: string
let sealed: string
let lines: string[]

beforeAll(async () => {
  here = await place('sqlite')
  const { knex } = await here.database()
  await insertRows(knex, await makeRows(knex, 40))
  file = (await createBackup(here.settings, { clock })).file ?? ''
  sealed = (await createBackup({ ...here.settings, BACKUP_KEY: KEY }, { clock })).file ?? ''
  lines = linesOf(file)
})

let count = 0
const written = (content: Uint8Array | string): string => {
  count += 1
  const path = here.path(`hostile-${count}`)
  writeFileSync(path, content)
  return path
}
const writtenLines = (changed: readonly string[]): string => writeLines(written(''), changed)

/** Refused by verify and by restore, in one line, with nothing changed and nothing left. */
const refused = async (path: string, code: string, key?: string): Promise<string> => {
  const settings = { ...here.settings, BACKUP_KEY: key }
  const before = await here.sums()
  const verified = verifyBackup(settings, { clock, file: path })
  await expect(verified).rejects.toMatchObject({ code })
  const restored = restoreBackup(settings, { clock, from: path, agreed: true })
  await expect(restored).rejects.toMatchObject({ code, message: expect.stringMatching(/^.{20,300}$/) })
  expect(await here.sums()).toEqual(before)
  expect(here.left().filter((name) => name.startsWith('.'))).toEqual([])
  return verified.catch((error: Error) => error.message).then(String)
}

const header = () => JSON.parse(lines[0] ?? '')
const withHeader = (changed: object): string =>
  writtenLines([JSON.stringify({ ...header(), ...changed }), ...lines.slice(1)])

describe('a file that is not what was written', () => {
  test('is refused without a key, with another one, and with one where it was cut or a bit is another', async () => {
    expect(await refused(sealed, 'backup-no-key')).toContain('set BACKUP_KEY')
    expect(await refused(sealed, 'backup-wrong-key', `${KEY}!`)).toContain('BACKUP_KEY does not open')
    const bytes = readFileSync(sealed)
    await refused(written(bytes.subarray(0, bytes.length - 1000)), 'backup-damaged', KEY)
    const flipped = Buffer.from(bytes)
    flipped[bytes.length - 500] = (flipped[bytes.length - 500] ?? 0) ^ 4
    await refused(written(flipped), 'backup-damaged', KEY)
  })

  test('is refused wherever it was cut', async () => {
    const bytes = readFileSync(file)
    for (const share of [0, 0.01, 0.3, 0.7, 0.999])
      await refused(written(bytes.subarray(0, Math.floor(bytes.length * share))), 'backup-cut-short')
    // Cut between two lines, and packed anew.
    for (const at of [1, 2, 10, lines.length - 1])
      await refused(writtenLines(lines.slice(0, at)), 'backup-cut-short')
  })

  test('is refused wherever a bit is another', async () => {
    const bytes = readFileSync(file)
    for (const share of [0.1, 0.5, 0.9, 0.9999]) {
      const flipped = Buffer.from(bytes)
      const at = Math.floor(bytes.length * share)
      flipped[at] = (flipped[at] ?? 0) ^ 1
      await refused(written(flipped), 'backup-damaged')
    }
  })

  test('is refused when a row was taken out, put in twice, changed, or something follows the end', async () => {
    const at = lines.findIndex((line) => line.startsWith('['))
    const row = lines[at] ?? ''
    await refused(writtenLines(lines.toSpliced(at, 1)), 'backup-damaged')
    await refused(writtenLines(lines.toSpliced(at, 0, row)), 'backup-unfit')
    await refused(writtenLines(lines.with(at, row.replace(/"([^"]*)"/, '"$1x"'))), 'backup-damaged')
    await refused(writtenLines([...lines, row]), 'backup-damaged')
  })

  test('is refused when it is something else', async () => {
    for (const other of ['hello', 'PK\u0003\u0004', 'SQLite format 3\u0000', randomBytes(4000)])
      await refused(written(other), 'backup-foreign')
    for (const other of ['', 'hello', '{}', '[]', '{"format":"other"}', 'null'])
      await refused(written(gzipSync(`${other}\n`)), 'backup-foreign')
    await refused(here.path('nowhere'), 'no-such-place')
    await refused(here.path(''), 'no-such-place')
    const sealedElsewhere = new Encrypter()
    sealedElsewhere.addRecipient('age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p')
    await refused(written(await sealedElsewhere.encrypt('x')), 'backup-foreign', KEY)
  })

  test('does not make anybody work out a key for minutes', async () => {
    const dear = readFileSync(sealed)
      .toString('latin1')
      .replace(/(-> scrypt \S+) \d+\n/, '$1 25\n')
    await refused(written(Buffer.from(dear, 'latin1')), 'backup-foreign', KEY)
  })
})

describe('a file made to do harm', () => {
  test('is of a form or a schema that only a newer program knows', async () => {
    expect(await refused(withHeader({ formatVersion: 2 }), 'backup-too-new')).toContain('reads up to 1')
    const migrations = [...header().migrations, '20991231000000_future.ts']
    const future = withHeader({ migrations, schema: '20991231000000_future' })
    // It can be verified, as an older program takes backups of what it can live with.
    expect(await verifyBackup(here.settings, { clock, file: future })).toMatchObject({ restorable: false })
    const restored = restoreBackup(here.settings, { clock, from: future, agreed: true })
    await expect(restored).rejects.toMatchObject({
      code: 'backup-too-new',
      message: expect.stringMatching(new RegExp(`20991231000000_future.*${header().schema}`)),
    })
  })

  test('names tables, columns and migrations of its own', async () => {
    const [first, ...tables] = header().tables
    const evil = '"; drop table users; --'
    await refused(withHeader({ tables: [{ ...first, name: evil }, ...tables] }), 'backup-unfit')
    await refused(withHeader({ tables }), 'backup-unfit')
    await refused(
      withHeader({ tables: [first, ...tables, { ...first, name: 'knex_migrations' }] }),
      'backup-unfit',
    )
    const columns = [...first.columns.slice(1), { name: evil, kind: 'text' }]
    await refused(withHeader({ tables: [{ ...first, columns }, ...tables] }), 'backup-unfit')
    await refused(withHeader({ tables: [] }), 'backup-unfit')
    await refused(withHeader({ tables: 'all' }), 'backup-damaged')
    const migrations = header().migrations.slice(0, -1)
    await refused(withHeader({ migrations: [...migrations, '../../evil.ts'] }), 'backup-damaged').catch(
      () => {},
    )
    // Of a schema that is not known the names are quoted, whatever they are.
    const odd = withHeader({
      migrations: [...migrations, 'x.ts'],
      tables: [{ ...first, name: evil }, ...tables],
    })
    await expect(verifyBackup(here.settings, { clock, file: odd })).rejects.toMatchObject({
      code: 'backup-damaged',
    })
  })

  test('holds values that are not of their kind', async () => {
    const at = lines.indexOf('{"table":"users"}') + 1
    const row: unknown[] = JSON.parse(lines[at] ?? '')
    const bad = [{ $gt: 1 }, [], true, 1.5]
    for (const value of bad)
      await refused(writtenLines(lines.with(at, JSON.stringify(row.with(0, value)))), 'backup-unfit')
    await refused(writtenLines(lines.with(at, '[]')), 'backup-unfit')
    await refused(writtenLines(lines.with(at, '[1,')), 'backup-unfit')
  })

  test('packs a line that never ends into a few bytes', async () => {
    const path = here.path('bomb')
    const gzip = createGzip({ level: 9 })
    const done = new Promise<void>((resolve) => {
      const chunks: Buffer[] = []
      gzip.on('data', (chunk: Buffer) => chunks.push(chunk))
      gzip.on('end', () => {
        writeFileSync(path, Buffer.concat(chunks))
        resolve()
      })
    })
    gzip.write(`${lines[0]}\n${lines[1]}\n["`)
    for (let megabytes = 0; megabytes < 200; megabytes += 1) gzip.write(Buffer.alloc(1024 * 1024))
    gzip.end()
    await done
    expect(readFileSync(path).length).toBeLessThan(1_000_000)
    const before = process.memoryUsage().rss
    await refused(path, 'backup-damaged')
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024)
    await refused(written(gzipSync(Buffer.alloc(100 * 1024 * 1024))), 'backup-damaged')
  })

  test('nests a row deeper than anybody can read', async () => {
    const at = lines.findIndex((line) => line.startsWith('['))
    for (const deep of ['['.repeat(8_000_000), `["${'a'.repeat(2_000_000)}",${'['.repeat(6_000_000)}`])
      await refused(writtenLines(lines.with(at, deep)), 'backup-damaged')
    await refused(writtenLines([`${'['.repeat(900_000)}${']'.repeat(900_000)}`]), 'backup-foreign')
  })

  test('says that it needs more room than there is', async () => {
    const message = await refused(withHeader({ bytes: Number.MAX_SAFE_INTEGER }), 'disk-full')
    expect(message).toMatch(/disk is too full .*backups needs about \d+ MB/)
  })
})

test('a backup that comes from a pipe is kept in a private file until all is done', async () => {
  const target = await place('sqlite')
  await restoreBackup(target.settings, { clock, from: createReadStream(file), agreed: false })
  expect(await target.sums()).toEqual(await here.sums())
  expect(target.left()).toEqual([])
})
