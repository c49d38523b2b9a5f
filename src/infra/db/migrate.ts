import { readdirSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import knexPackage, { type Knex } from 'knex'
import { makePrivateFile } from '../../base/private-files.ts'
import { say } from '../../base/say.ts'
import { StoreStuckError } from '../../base/store-stuck-error.ts'
import { type Database, engineOf, knexConfig, openDatabase, sqlitePath } from './database.ts'
import { canLiveWith, forgetSteps, keepSteps, keptSteps, readSteps, type Step } from './schema-steps.ts'

export const MIGRATIONS_DIR = fileURLToPath(new URL('../../../migrations', import.meta.url))

const LOCK_SECONDS = 120
const LOCK_NAME = 'yingda_migrate'
const LOCK_RETRY_MS = 50
/** A server may have a large table to rebuild. */
const REBUILD_MS = 3_600_000
const TOO_LONG = 'another process has been migrating for two minutes: look at its log'

/** The database was written by a newer program, which this one cannot live with. Code `schema-too-new`. */
export class SchemaTooNewError extends Error {
  readonly code = 'schema-too-new'
}

/** A newer program's migrations are none of this one's files: we judge them ourselves, before knex is asked. */
const settingsOf = (directory: string): Knex.MigratorConfig => ({
  directory,
  loadExtensions: ['.ts'],
  disableMigrationsListValidation: true,
})

export type MigrateOptions = {
  directory?: string
  /** Aborted: whoever still waits for another process to migrate waits no longer. */
  signal?: AbortSignal | undefined
}

export type Migrated = {
  applied: string[]
  /** What a newer program has done to the database, and this one can live with; left out when there is nothing. */
  newer?: string[]
}

/**
 * Brings the schema up to this program's. One process at a time: the others wait for the first.
 * @throws SchemaTooNewError naming both versions, when the schema is newer than the program can live with;
 * MigrationStepError when a file does not say what it is to older programs
 */
export const migrate = async (
  database: Database,
  url: string,
  { directory = MIGRATIONS_DIR, signal }: MigrateOptions = {},
): Promise<Migrated> =>
  withMigrationLock(
    database,
    url,
    async () => {
      const { knex } = database
      const { known, unknown, pending, steps, fits } = await migrationStatus(knex, directory)
      if (!fits) throw tooNew(unknown, known)
      if (unknown.length > 0) return { applied: [], newer: unknown }
      const isKept = pending.length === 0 && known.every((name) => name in steps)
      const own = isKept ? {} : await readSteps(directory, known)
      // Before anything is done: a program that meets half of it is told what it is. Then the table itself may be new.
      await keepSteps(knex, own)
      // Whoever held knex's own lock is gone: we hold the one that a dying process cannot leave behind.
      await knex.migrate.forceFreeMigrationsLock(settingsOf(directory))
      const [, applied]: [number, string[]] = await withoutCascades(database, () =>
        knex.migrate.latest(settingsOf(directory)),
      )
      await keepSteps(knex, own)
      return { applied }
    },
    signal,
  )

/** With the patience that migrations take. */
export const openForMigrating = (url: string): Database =>
  engineOf(url) === 'mysql' ? openDatabase(url, REBUILD_MS) : openDatabase(url)

/** The same on connections of its own. */
export const migrateAt = async (url: string, options: MigrateOptions = {}): Promise<Migrated> => {
  const database = openForMigrating(url)
  try {
    return await migrate(database, url, options)
  } finally {
    await database.close()
  }
}

const tooNew = (unknown: readonly string[], known: readonly string[]): SchemaTooNewError => {
  const [theirs, ours] = [unknown, known].map((names) => versionOf(names.toSorted().at(-1) ?? 'none'))
  return new SchemaTooNewError(
    say({
      zh: `数据库的表结构已经是 ${theirs}，本程序只认识到 ${ours}：请启动更新的那个版本，或恢复它运行之前的备份`,
      en:
        `the database is at schema ${theirs}, this program knows up to ${ours}: ` +
        'start the newer program, or restore a backup made before it ran',
    }),
  )
}

/**
 * Takes the newest batch back, under the same lock.
 * @throws SchemaTooNewError when the database has had a migration that this program has no file of
 */
export const undoLastMigration = async (
  database: Database,
  url: string,
  directory = MIGRATIONS_DIR,
): Promise<{ undone: string[] }> =>
  withMigrationLock(database, url, async () => {
    const { knex } = database
    const { known, unknown } = await migrationStatus(knex, directory)
    if (unknown.length > 0) throw tooNew(unknown, known)
    const [, undone]: [number, string[]] = await withoutCascades(database, () =>
      knex.migrate.rollback(settingsOf(directory)),
    )
    await forgetSteps(knex, undone)
    return { undone }
  })

/** The newest batch, oldest first; `isAll`: there is none before it. */
export const lastBatch = async (knex: Knex): Promise<{ names: string[]; isAll: boolean }> => {
  const applied = await appliedMigrations(knex)
  if (applied.length === 0) return { names: [], isAll: false }
  const newest = knex('knex_migrations').max('batch')
  const names = await knex('knex_migrations').where('batch', newest).orderBy('id').pluck<string[]>('name')
  return { names, isAll: names.length === applied.length }
}

export type MigrationStatus = {
  /** This program's files, oldest first. */
  known: string[]
  applied: string[]
  pending: string[]
  /** Applied by a newer program. */
  unknown: string[]
  /** What the database keeps of those it has had. */
  steps: { [name: string]: Step }
  /** Whether this program can work on the database, once it has run what is pending. */
  fits: boolean
}

export const migrationStatus = async (knex: Knex, directory = MIGRATIONS_DIR): Promise<MigrationStatus> => {
  const [known, applied] = [programMigrations(directory), await appliedMigrations(knex)]
  const pending = known.filter((name) => !applied.includes(name))
  const unknown = applied.filter((name) => !known.includes(name))
  const steps = await keptSteps(knex)
  // A program that brings files of its own to a schema it does not know is no older version of who made that.
  const isOlder = unknown.length === 0 || pending.length === 0
  const fits = isOlder && unknown.every((name) => canLiveWith(steps[name], known))
  return { known, applied, pending, unknown, steps, fits }
}

/** File names of this program's migrations, oldest first. */
export const programMigrations = (directory = MIGRATIONS_DIR): string[] =>
  readdirSync(directory)
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

const withMigrationLock = <T>(
  database: Database,
  url: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> =>
  database.engine === 'mysql' ? withMysqlLock(database.knex, work, signal) : withSqliteLock(url, work, signal)

/** GET_LOCK belongs to a connection: it is gone when its process is. */
const withMysqlLock = async <T>(knex: Knex, work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
  const connection = await knex.client.acquireConnection()
  const giveUpAt = Date.now() + LOCK_SECONDS * 1000
  try {
    for (;;) {
      signal?.throwIfAborted()
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
const withSqliteLock = async <T>(url: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
  const path = `${sqlitePath(url)}.migrate-lock`
  makePrivateFile(path)
  const lock = knexPackage.knex(knexConfig(`sqlite:${path}`, LOCK_RETRY_MS))
  const giveUpAt = Date.now() + LOCK_SECONDS * 1000
  try {
    for (;;) {
      signal?.throwIfAborted()
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
