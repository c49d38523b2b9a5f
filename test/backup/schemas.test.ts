import { describe, expect, jest, test } from '@jest/globals'
import type { Knex } from 'knex'
import { sumsOf } from '../../src/backup/dump.ts'
import { openReplaceable } from '../../src/infra/backup/knex-replaceable.ts'
import { openSnapshot } from '../../src/infra/backup/knex-snapshot.ts'
import { readTables } from '../../src/infra/backup/read-tables.ts'
import { openDatabase } from '../../src/infra/db/database.ts'
import { appliedMigrations, MIGRATIONS_DIR, programMigrations } from '../../src/infra/db/migrate.ts'
import { createBackup } from '../../src/wiring/backup/create.ts'
import { restoreBackup } from '../../src/wiring/backup/restore.ts'
import { verifyBackup } from '../../src/wiring/backup/verify.ts'
import { clock, linesOf, type Place, usePlaces } from '../support/backups.ts'
import { engines } from '../support/databases.ts'

const { place } = usePlaces()
/** MariaDB makes its tables slowly. */
jest.setTimeout(60_000)

const withKnex = async <T>(url: string, work: (knex: Knex) => Promise<T>): Promise<T> => {
  const { knex, close } = openDatabase(url)
  try {
    return await work(knex)
  } finally {
    await close()
  }
}

describe.each(engines)('on %s', (engine) => {
  /** As the first version of the program left it. */
  const veryOld = async (): Promise<Place> => {
    const made = await place(engine)
    await withKnex(made.settings.DATABASE_URL, async (knex) => {
      const [name = ''] = programMigrations()
      await knex.migrate.up({ directory: MIGRATIONS_DIR, loadExtensions: ['.ts'], name })
      await knex('users').insert({ id: 'usr_1', account: 'gh', openid: 'oAbc', created_at: 1 })
    })
    return made
  }

  test('a backup of an older schema is restored at the schema of the program', async () => {
    const old = await veryOld()
    const { file = '', schema } = await createBackup(old.settings, { clock })
    expect(schema).toBe(programMigrations()[0]?.replace('.ts', ''))
    expect(await verifyBackup(old.settings, { clock, file })).toMatchObject({ restorable: true })
    // Making it has changed nothing.
    await withKnex(old.settings.DATABASE_URL, async (knex) => {
      expect(await appliedMigrations(knex)).toHaveLength(1)
    })
    const target = await place(engine)
    await restoreBackup(target.settings, { clock, from: file, agreed: false })
    await withKnex(target.settings.DATABASE_URL, async (knex) => {
      expect(await appliedMigrations(knex)).toEqual(programMigrations())
      expect(await knex('users').first()).toMatchObject({ id: 'usr_1', messaged_at: 0 })
      // What later migrations put in themselves is there as well.
      expect(await knex('guess_gates').pluck('name')).toEqual(['login'])
    })
  })

  test('a restore that is refused leaves the schema that was there', async () => {
    const old = await veryOld()
    const source = await place('sqlite')
    await source.database()
    const { file: from = '' } = await createBackup(source.settings, { clock })
    const target = old.settings
    await expect(restoreBackup(target, { clock, from, agreed: false })).rejects.toMatchObject({
      code: 'target-not-empty',
    })
    expect(await withKnex(target.DATABASE_URL, appliedMigrations)).toEqual(programMigrations().slice(0, 1))
  })

  test('an older program backs up a newer schema with all that is new in it, and leaves restoring to the newer', async () => {
    const here = await place(engine)
    const { knex } = await here.database()
    const name = '20991231000000_future.ts'
    await knex('knex_migrations').insert({ name, batch: 99 })
    await knex('schema_steps').insert({ name, contract_of: null })
    await knex.schema.alterTable('users', (table) => {
      table.string('shoe_size', 10)
    })
    await knex.schema.createTable('shoes', (table) => {
      table.string('id', 10).primary()
    })
    await knex('users').insert({ id: 'usr_1', account: 'gh', openid: 'o', created_at: 1, shoe_size: '42' })
    await knex('shoes').insert({ id: 'left' })
    const { file = '', tables } = await createBackup(here.settings, { clock })
    expect(tables).toMatchObject({ users: 1, shoes: 1 })
    expect(linesOf(file).some((line) => line.includes('"42"'))).toBe(true)
    expect(await verifyBackup(here.settings, { clock, file })).toMatchObject({ restorable: false })
    await expect(restoreBackup(here.settings, { clock, from: file, agreed: true })).rejects.toMatchObject({
      code: 'wrong-schema',
      message: expect.stringContaining('restore with the newer program'),
    })
  })

  test("tables of the operator's own are neither backed up nor touched", async () => {
    const here = await place(engine)
    const { knex } = await here.database()
    await knex.schema.createTable('notes_of_mine', (table) => {
      table.text('note')
    })
    await knex('notes_of_mine').insert({ note: 'mine' })
    const { file = '', tables } = await createBackup(here.settings, { clock })
    expect(tables).not.toHaveProperty('notes_of_mine')
    await restoreBackup(here.settings, { clock, from: file, agreed: true })
    expect(await knex('notes_of_mine').pluck('note')).toEqual(['mine'])
  })

  test('whatever a column can hold comes back as it was, references in circles too', async () => {
    const [one, other] = [
      await place(engine),
      await place(engine === 'sqlite' ? (engines.at(-1) ?? engine) : 'sqlite'),
    ]
    for (const { settings } of [one, other])
      await withKnex(settings.DATABASE_URL, async (knex) => {
        await knex.schema.createTable('things', (table) => {
          if (settings.DATABASE_URL.startsWith('mysql')) table.collate('utf8mb4_bin')
          table.bigInteger('a').notNullable()
          table.string('b', 20).notNullable()
          table.primary(['a', 'b'])
          table.boolean('flag')
          table.bigInteger('big')
          table.decimal('price', 12, 4)
          table.json('data')
          table.binary('bytes')
          table.dateTime('seen', { precision: 3 })
          table.text('words', 'mediumtext')
        })
        await knex.schema.createTable('links', (table) => {
          table.integer('id').primary()
          table.integer('next').references('links.id')
        })
      })
    const words = '𠮷 👨‍👩‍👧 \u0000 "quoted" \\ \r\n　'
    await withKnex(one.settings.DATABASE_URL, async (knex) => {
      const row = { flag: true, price: 12.3, data: '{"b":[1,{"z":null,"y":"\\u4f60"}],"a":2}', words }
      const seen = engine === 'sqlite' ? 1_795_000_000_123 : '2026-11-18 11:06:40.123'
      for (const [at, big] of [
        '9223372036854775807',
        '-9223372036854775808',
        '9007199254740993',
        '0',
      ].entries())
        for (const b of ['', 'a', 'A', '乙'])
          await knex('things').insert({
            ...{ ...row, a: at - 2, b, seen },
            big: knex.raw(big),
            bytes: Buffer.from([0, 255, 10, at]),
          })
      await knex('things').insert({ a: 9, b: 'nothing' })
      await knex('links').insert([{ id: 1 }, { id: 2, next: 1 }, { id: 3, next: 3 }])
      await knex('links').where({ id: 1 }).update({ next: 2 })
    })
    // As everywhere the tables are known by what the migrations make of them on SQLite.
    const lite = engine === 'sqlite' ? one : other
    const tables = await withKnex(lite.settings.DATABASE_URL, (knex) => readTables(knex, 'sqlite'))
    const snapshotOf = (each: Place) => openSnapshot(each.settings.DATABASE_URL, async () => tables)
    const sumsIn = async (each: Place) => {
      const snapshot = await snapshotOf(each)
      return sumsOf(snapshot, () => {}).finally(snapshot.close)
    }
    const snapshot = await snapshotOf(one)
    const target = openReplaceable(other.settings.DATABASE_URL, { tables, seeded: [] })
    try {
      await target.replace(async (insert) => {
        for (const table of snapshot.tables)
          for await (const page of snapshot.pages(table)) await insert(table, page)
      })
    } finally {
      await snapshot.close()
      await target.close()
    }
    expect(await sumsIn(other)).toEqual(await sumsIn(one))
    expect((await sumsIn(one)).get('things')?.rows).toBe(17)
    const copy = await snapshotOf(other)
    const things = copy.tables.find(({ name }) => name === 'things')
    if (!things) throw new Error('no things')
    for await (const [first] of copy.pages(things)) {
      const named = Object.fromEntries(things.columns.map(({ name }, at) => [name, first?.[at]]))
      expect(named).toEqual({
        ...{ a: -2, b: '', flag: true, big: '9223372036854775807', price: '12.3', bytes: 'AP8KAA==', words },
        data: '{"a":2,"b":[1,{"y":"你","z":null}]}',
        seen: '2026-11-18T11:06:40.123Z',
      })
      break
    }
    await copy.close()
  })
})
