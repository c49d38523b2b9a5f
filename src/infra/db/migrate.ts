import { readdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import knexPackage, { type Knex } from 'knex'
import { makePrivateFile } from '../../base/private-files.ts'
import { StoreStuckError } from '../../base/store-stuck-error.ts'
import { type Database, engineOf, knexConfig, openDatabase, sqlitePath } from './database.ts'

export const MIGRATIONS_DIR = fileURLToPath(new URL('../../../migrations', import.meta.url))

const LOCK_SECONDS = 120
const LOCK_NAME = 'yingda_migrate'
const LOCK_RETRY_MS = 50
/** A server may have a large table to rebuild. */
const REBUILD_MS = 3_600_000
const TOO_LONG = 'another process has been migrating for two minutes: look at its log'

/** The database was written by a newer program. Code `schema-too-new`. */
export class SchemaTooNewError extends Error {
  readonly code = 'schema-too-new'
}

const settings: Knex.MigratorConfig = { directory: MIGRATIONS_DIR, loadExtensions: ['.ts'] }

/**
 * Brings the schema up to this program's. One process at a time: the others wait for the first.
 * @throws SchemaTooNewError naming both versions, when the schema is newer than the program
 */
export const migrate = async (database: Database, url: string): Promise<{ applied: string[] }> =>
  withMigrationLock(database, url, async () => {
    await refuseNewerSchema(database.knex)
    // Whoever held knex's own lock is gone: we hold the one that a dying process cannot leave behind.
    await database.knex.migrate.forceFreeMigrationsLock(settings)
    const [, applied]: [number, string[]] = await withoutCascades(database, () =>
      database.knex.migrate.latest(settings),
    )
    return { applied }
  })

/** With the patience that migrations take. */
export const openForMigrating = (url: string): Database =>
  engineOf(url) === 'mysql' ? openDatabase(url, REBUILD_MS) : openDatabase(url)

/** The same on connections of its own. */
export const migrateAt = async (url: string): Promise<{ applied: string[] }> => {
  const database = openForMigrating(url)
  try {
    return await migrate(database, url)
  } finally {
    await database.close()
  }
}

const refuseNewerSchema = async (knex: Knex): Promise<void> => {
  const known = programMigrations()
  const unknown = (await appliedMigrations(knex)).filter((name) => !known.includes(name))
  const newest = unknown.toSorted().at(-1)
  if (!newest) return
  throw new SchemaTooNewError(
    `the database is at schema ${versionOf(newest)}, this program knows up to ${versionOf(known.at(-1) ?? 'none')}: ` +
      'start the newer program, or restore a backup made before it ran',
  )
}

/** Takes the newest batch back, under the same lock. */
export const undoLastMigration = async (database: Database, url: string): Promise<{ undone: string[] }> =>
  withMigrationLock(database, url, async () => {
    await refuseNewerSchema(database.knex)
    const [, undone]: [number, string[]] = await withoutCascades(database, () =>
      database.knex.migrate.rollback(settings),
    )
    return { undone }
  })

export const migrationStatus = async (knex: Knex) => {
  const [program, applied] = [programMigrations(), await appliedMigrations(knex)]
  return {
    applied,
    pending: program.filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !program.includes(name)),
  }
}

/** File names of this program's migrations, oldest first. */
export const programMigrations = (): string[] =>
  readdirSync(MIGRATIONS_DIR)
    .filter((name) => name.endsWith('.ts'))
    .toSorted()

/** File names of the migrations the database has had. */
export const appliedMigrations = async (knex: Knex): Promise<string[]> => {
  if (!(await knex.schema.hasTable('knex_migrations'))) return []
  return knex('knex_migrations').orderBy('id').pluck<string[]>('name')
}

const versionOf = (fileName: string): string => fileName.replace(/\.ts$/, '')

/**
 * To take a column away on SQLite knex makes the table anew, and the old one, dropped, would take along every row that
 * refers to it. Within a migration's transaction it is too late to say otherwise. A pool of SQLite has one connection.
 */
const withoutCascades = async <T>({ knex, engine }: Database, work: () => Promise<T>): Promise<T> => {
  if (engine !== 'sqlite') return work()
  await knex.raw('pragma foreign_keys = off')
  try {
    return await work()
  } finally {
    await knex.raw('pragma foreign_keys = on')
  }
}

const withMigrationLock = <T>(database: Database, url: string, work: () => Promise<T>): Promise<T> =>
  database.engine === 'mysql' ? withMysqlLock(database.knex, work) : withSqliteLock(url, work)

/** GET_LOCK belongs to a connection: it is gone when its process is. */
const withMysqlLock = async <T>(knex: Knex, work: () => Promise<T>): Promise<T> => {
  const connection = await knex.client.acquireConnection()
  const giveUpAt = Date.now() + LOCK_SECONDS * 1000
  try {
    for (;;) {
      // A second at a time: no query takes longer than its connection has patience.
      const [rows] = await knex.raw('select get_lock(?, 1) as got', [LOCK_NAME]).connection(connection)
      if (Number(rows[0]?.got) === 1) break
      if (Date.now() > giveUpAt) throw new Error(TOO_LONG)
    }
    try {
      return await work()
    } finally {
      await knex.raw('select release_lock(?)', [LOCK_NAME]).connection(connection)
    }
  } finally {
    await knex.client.releaseConnection(connection)
  }
}

/** An exclusive transaction on a file beside the database: the operating system frees it with the process. */
const withSqliteLock = async <T>(url: string, work: () => Promise<T>): Promise<T> => {
  const path = `${sqlitePath(url)}.migrate-lock`
  makePrivateFile(path)
  const lock = knexPackage.knex(knexConfig(`sqlite:${path}`, LOCK_RETRY_MS))
  const giveUpAt = Date.now() + LOCK_SECONDS * 1000
  try {
    for (;;) {
      try {
        await lock.raw('begin exclusive')
        break
      } catch (error) {
        if (!(error instanceof StoreStuckError)) throw error
        if (Date.now() > giveUpAt) throw new Error(TOO_LONG)
        await pause(LOCK_RETRY_MS)
      }
    }
    return await work()
  } finally {
    await lock.destroy()
  }
}
