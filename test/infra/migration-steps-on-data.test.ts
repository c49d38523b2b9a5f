import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import type { Knex } from 'knex'
import { readTables } from '../../src/infra/backup/read-tables.ts'
import { type Database, type Engine, openDatabase } from '../../src/infra/db/database.ts'
import { MIGRATIONS_DIR, migrate, programMigrations, undoLastMigration } from '../../src/infra/db/migrate.ts'
import { readSteps } from '../../src/infra/db/schema-steps.ts'
import { createTestDatabase, engines } from '../support/databases.ts'
import { insertRows, makeRows } from '../support/fill-any.ts'

const ROWS = 6

const closings: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close()
})

type Shape = { [table: string]: { [column: string]: Knex.ColumnInfo } }

const shapeOf = async (knex: Knex, engine: Engine): Promise<Shape> => {
  const shape: Shape = {}
  for (const { name } of await readTables(knex, engine)) {
    const columns = await knex(name).columnInfo()
    shape[name] = Object.fromEntries(Object.entries(columns).toSorted())
  }
  return shape
}

/** Every row as far as `shape` knows it, in an order of its own. */
const rowsOf = async (knex: Knex, shape: Shape): Promise<{ [table: string]: string[] }> => {
  const rows: { [table: string]: string[] } = {}
  for (const [table, columns] of Object.entries(shape)) {
    const found: object[] = await knex(table).select(Object.keys(columns))
    rows[table] = found.map((row) => JSON.stringify(row)).toSorted()
  }
  return rows
}

/** A database, the same schema on SQLite to make rows by, and a folder of migrations that grows by one each time. */
const open = async (engine: Engine) => {
  const directory = mkdtempSync(join(tmpdir(), 'yingda-steps-'))
  closings.push(() => rmSync(directory, { recursive: true }))
  const opened: { database: Database; url: string }[] = []
  for (const each of engine === 'sqlite' ? [engine] : [engine, 'sqlite' as const]) {
    const { url, drop } = await createTestDatabase(each)
    const database = openDatabase(url)
    closings.push(drop, database.close)
    opened.push({ database, url })
  }
  const [own, model = own] = opened
  if (!own || !model) throw new Error('no database')
  const grow = async (name: string) => {
    copyFileSync(join(MIGRATIONS_DIR, name), join(directory, name))
    for (const { database, url } of opened) await migrate(database, url, { directory })
  }
  const makeNew = () => makeRows(model.database.knex, ROWS)
  const { database, url } = own
  return { ...{ database, url, directory, knex: database.knex }, grow, makeNew }
}

describe.each(engines)('each step of the schema, with rows in every table, on %s', (engine) => {
  test('keeps what was there, lets the version before write on if it says so, and is taken back and done again', async () => {
    const { database, url, directory, knex, grow, makeNew } = await open(engine)
    const names = programMigrations()
    const steps = await readSteps(MIGRATIONS_DIR, names)
    for (const name of names) {
      const before = await shapeOf(knex, engine)
      const old = await makeNew()
      await insertRows(knex, old)
      const oldRows = await rowsOf(knex, before)

      await grow(name)
      const after = await shapeOf(knex, engine)
      if (steps[name] === 'expand') {
        // What the older program knows is as it was, and whatever it stores can be stored.
        expect([name, await rowsOf(knex, before)]).toEqual([name, oldRows])
        for (const [table, columns] of Object.entries(before))
          expect([name, after[table]]).toEqual([name, expect.objectContaining(columns)])
        await insertRows(knex, old)
        expect([name, await rowsOf(knex, before)]).toEqual([name, oldRows])
      }

      await insertRows(knex, await makeNew())
      const kept = await rowsOf(knex, before)
      expect([name, await undoLastMigration(database, url, directory)]).toEqual([name, { undone: [name] }])
      // What it added is lost, and nothing else.
      expect([name, await shapeOf(knex, engine)]).toEqual([name, before])
      expect([name, await rowsOf(knex, before)]).toEqual([name, kept])
      expect(await migrate(database, url, { directory })).toEqual({ applied: [name] })
      expect([name, await shapeOf(knex, engine)]).toEqual([name, after])
      expect([name, await rowsOf(knex, before)]).toEqual([name, kept])
    }
  }, 120_000)

  test('that claims only to add is found out when it does not', async () => {
    const { knex, grow, makeNew } = await open(engine)
    for (const name of programMigrations()) await grow(name)
    const rows = await makeNew()
    const shape = await shapeOf(knex, engine)
    await insertRows(knex, rows)
    await knex.schema.alterTable('elections', (table) => {
      table.string('why', 10).notNullable().defaultTo('x')
    })
    await insertRows(knex, rows)
    await knex.schema.alterTable('elections', (table) => {
      table.string('why', 10).notNullable().alter()
    })
    await expect(insertRows(knex, rows)).rejects.toThrow(/why/)
    await knex.schema.alterTable('elections', (table) => {
      table.dropColumn('holder')
    })
    expect((await shapeOf(knex, engine)).elections).not.toEqual(
      expect.objectContaining(shape.elections ?? {}),
    )
  }, 60_000)
})
