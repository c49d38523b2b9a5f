import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import knexPackage, { type Knex } from 'knex'
import { errorCode } from '../../base/error-code.ts'

export type Engine = 'sqlite' | 'mysql'

export type Database = { knex: Knex; engine: Engine; close(): Promise<void> }

const { knex: createKnex } = knexPackage

/** `sqlite:PATH` or `mysql://user:pass@host:3306/db`. Opens nothing yet but, with SQLite, makes the folder. */
export const openDatabase = (url: string): Database => {
  const engine = engineOf(url)
  if (engine === 'sqlite') mkdirSync(dirname(sqlitePath(url)), { recursive: true })
  const knex = createKnex(knexConfig(url))
  return { knex, engine, close: () => knex.destroy() }
}

export const engineOf = (url: string): Engine => (url.startsWith('sqlite:') ? 'sqlite' : 'mysql')

export const sqlitePath = (url: string): string => url.slice('sqlite:'.length)

export const knexConfig = (url: string): Knex.Config => ({
  ...(engineOf(url) === 'sqlite' ? sqliteConfig(sqlitePath(url)) : mysqlConfig(url)),
  // Bindings are users' words: they must not end up in error messages.
  compileSqlOnError: false,
  log: { warn() {}, error() {}, deprecate() {}, debug() {} },
})

type SqliteHandle = { pragma(statement: string): unknown; prepare(sql: string): unknown }

const sqliteConfig = (filename: string): Knex.Config => ({
  client: 'better-sqlite3',
  connection: { filename },
  useNullAsDefault: true,
  pool: {
    min: 1,
    max: 1,
    afterCreate: (handle: SqliteHandle, done: (error: Error | null, handle: SqliteHandle) => void) => {
      handle.pragma('journal_mode = WAL')
      // NORMAL survives a killed process whole; only a power cut may take the last commits.
      handle.pragma('synchronous = NORMAL')
      handle.pragma('foreign_keys = ON')
      handle.pragma('busy_timeout = 5000')
      cachePrepared(handle)
      done(null, handle)
    },
  },
})

const MAX_PREPARED = 500

/** knex prepares every statement anew, the same few dozen texts all day. Schema changes re-prepare by themselves. */
const cachePrepared = (handle: SqliteHandle): void => {
  const prepare = handle.prepare.bind(handle)
  const prepared = new Map<string, unknown>()
  handle.prepare = (sql) => {
    const known = prepared.get(sql)
    if (known) return known
    if (prepared.size >= MAX_PREPARED) prepared.clear()
    const statement = prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
}

type MysqlHandle = { query(sql: string, done: (error: Error | null) => void): void }

const mysqlConfig = (url: string): Knex.Config => {
  const { hostname, port, username, password, pathname } = new URL(url)
  return {
    client: 'mysql2',
    connection: {
      host: hostname,
      port: port ? Number(port) : 3306,
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database: decodeURIComponent(pathname.slice(1)),
      charset: 'utf8mb4',
      connectTimeout: 10_000,
    },
    pool: {
      min: 0,
      max: 20,
      afterCreate: (handle: MysqlHandle, done: (error: Error | null, handle: MysqlHandle) => void) => {
        // No gap locks: every verdict here is one conditional statement. Strict: nothing is cut to fit.
        handle.query(
          "SET SESSION transaction_isolation = 'READ-COMMITTED', sql_mode = 'TRADITIONAL'",
          (error) => {
            // MariaDB before 11.1 knows the variable by its older name only.
            if (!error) return done(null, handle)
            handle.query("SET SESSION tx_isolation = 'READ-COMMITTED', sql_mode = 'TRADITIONAL'", (again) =>
              done(again, handle),
            )
          },
        )
      },
    },
  }
}

const DUPLICATE = ['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY']

/** True when an insert met a row with the same unique key. */
export const isDuplicate = (error: unknown): boolean => DUPLICATE.includes(errorCode(error) ?? '')
