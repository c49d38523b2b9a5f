import knexPackage, { type Knex } from 'knex'
import { errorCode } from '../../base/error-code.ts'
import { makePrivateFile } from '../../base/private-files.ts'
import { mysqlConfig } from './impatient-mysql.ts'
import { sqliteConfig } from './waiting-sqlite.ts'

export type Engine = 'sqlite' | 'mysql'

export type Database = { knex: Knex; engine: Engine; close(): Promise<void> }

/** For who is waited for by people: WeChat hangs up after 5 s. */
export const SERVICE_PATIENCE_MS = 4_000
/** For commands, whose statements may be large. */
const COMMAND_PATIENCE_MS = 60_000
/** A connection may have to be waited for while others use up their patience. */
const POOL_PATIENCE_MS = 6_000

const { knex: createKnex } = knexPackage

/**
 * `sqlite:PATH` or `mysql://user:pass@host:3306/db`. Opens nothing yet but, with SQLite, makes the file.
 * `patienceMs`: how long a statement waits for a lock or for a server that gives no answer, before it fails.
 */
export const openDatabase = (url: string, patienceMs = COMMAND_PATIENCE_MS): Database => {
  const engine = engineOf(url)
  if (engine === 'sqlite') makePrivateFile(sqlitePath(url))
  const knex = createKnex(knexConfig(url, patienceMs))
  return { knex, engine, close: () => knex.destroy() }
}

export const engineOf = (url: string): Engine => (url.startsWith('sqlite:') ? 'sqlite' : 'mysql')

export const sqlitePath = (url: string): string => url.slice('sqlite:'.length)

/** What SQLite makes beside its file has the mode of that; the last is the lock around migrations. */
export const sqliteFiles = (url: string): string[] =>
  ['', '-wal', '-shm', '.migrate-lock'].map((end) => `${sqlitePath(url)}${end}`)

export const knexConfig = (url: string, patienceMs = COMMAND_PATIENCE_MS): Knex.Config => ({
  ...(engineOf(url) === 'sqlite'
    ? sqliteConfig(sqlitePath(url), patienceMs)
    : mysqlConfig(connectionOf(url), patienceMs)),
  acquireConnectionTimeout: patienceMs + POOL_PATIENCE_MS,
  // Bindings are users' words: they must not end up in error messages.
  compileSqlOnError: false,
  log: { warn() {}, error() {}, deprecate() {}, debug() {} },
})

const connectionOf = (url: string): Knex.MySql2ConnectionConfig => {
  const { hostname, port, username, password, pathname } = new URL(url)
  return {
    host: hostname,
    port: port ? Number(port) : 3306,
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    charset: 'utf8mb4',
  }
}

const DUPLICATE = ['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY']

/** True when an insert met a row with the same unique key. */
export const isDuplicate = (error: unknown): boolean => DUPLICATE.includes(errorCode(error) ?? '')
