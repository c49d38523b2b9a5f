import { rmSync } from 'node:fs'
import type { Header } from '../../backup/format.ts'
import type { Table } from '../../backup/table.ts'
import { type Database, openDatabase } from '../db/database.ts'
import { MIGRATIONS_DIR, programMigrations } from '../db/migrate.ts'
import { readTables } from './read-tables.ts'

/** A SQLite database of our own, at the schema of these migrations, its references not checked yet. */
export const openScratch = async (path: string, migrations: readonly string[]): Promise<Database> => {
  const database = openDatabase(`sqlite:${path}`)
  try {
    await database.knex.raw('pragma foreign_keys = off')
    await writeOnce(database)
    for (const name of migrations)
      await database.knex.migrate.up({ directory: MIGRATIONS_DIR, loadExtensions: ['.ts'], name })
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Tables as the header describes them, for a schema that this program does not know. */
export const openPlainScratch = async (path: string, { tables }: Header): Promise<Database> => {
  const database = openDatabase(`sqlite:${path}`)
  try {
    await writeOnce(database)
    for (const { name, columns, key } of tables)
      await database.knex.schema.createTable(name, (table) => {
        for (const column of columns) table.specificType(column.name, TYPES[column.kind])
        table.primary([...key])
      })
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}

/** Whoever finds it after a crash throws it away: no journal, no waiting for the disk, no large transaction. */
const writeOnce = async ({ knex }: Database): Promise<void> => {
  await knex.raw('pragma journal_mode = off')
  await knex.raw('pragma synchronous = off')
}

const TYPES: { [kind in Table['columns'][number]['kind']]: string } = {
  boolean: 'boolean',
  integer: 'bigint',
  decimal: 'float',
  text: 'text',
  blob: 'blob',
  json: 'json',
  time: 'datetime',
}

export type KnownTables = {
  tables: readonly Table[]
  /** Names of those that the migrations put rows into themselves. */
  seeded: readonly string[]
}

/** What a database of these migrations has; undefined when this program does not know them all. */
export const knownTables = async (
  path: string,
  migrations: readonly string[],
): Promise<KnownTables | undefined> => {
  if (unknownMigrations(migrations).length > 0) return undefined
  const { knex, close } = await openScratch(path, migrations)
  try {
    const tables = await readTables(knex, 'sqlite')
    const seeded: string[] = []
    for (const { name } of tables) if (await knex(name).first(knex.raw('1'))) seeded.push(name)
    return { tables, seeded }
  } finally {
    await close()
    rmSync(path, { force: true })
  }
}

export const unknownMigrations = (migrations: readonly string[]): string[] => {
  const known = programMigrations()
  return migrations.filter((name) => !known.includes(name))
}
