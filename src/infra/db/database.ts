import { existsSync, readFileSync } from 'node:fs'
import knexPackage, { type Knex } from 'knex'
import { errorCode } from '../../base/error-code.ts'
import { makePrivateFile } from '../../base/private-files.ts'
import {
  type DatabaseAddress,
  type MysqlAddress,
  readDatabaseAddress,
  type Tls,
} from '../../base/store-address.ts'
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

/** Opening makes a file of SQLite that is not there. A server is taken to have its database. */
export const isThere = (url: string): boolean => engineOf(url) !== 'sqlite' || existsSync(sqlitePath(url))

/** What SQLite makes beside its file has the mode of that; the last is the lock around migrations. */
export const sqliteFiles = (url: string): string[] =>
  ['', '-wal', '-shm', '.migrate-lock'].map((end) => `${sqlitePath(url)}${end}`)

export const knexConfig = (url: string, patienceMs = COMMAND_PATIENCE_MS): Knex.Config => {
  const address = addressOf(url)
  return {
    ...(address.engine === 'sqlite'
      ? sqliteConfig(address.path, patienceMs)
      : mysqlConfig(connectionOf(address), patienceMs)),
    acquireConnectionTimeout: patienceMs + POOL_PATIENCE_MS,
    // Bindings are users' words: they must not end up in error messages.
    compileSqlOnError: false,
    log: { warn() {}, error() {}, deprecate() {}, debug() {} },
  }
}

/** @throws Error naming what is wrong with the address */
const addressOf = (url: string): DatabaseAddress => {
  const read = readDatabaseAddress(url)
  if (!read.ok) throw new Error(`DATABASE_URL ${read.problem}`)
  return read.address
}

const connectionOf = ({
  host,
  port,
  user,
  password,
  database,
  tls,
}: MysqlAddress): Knex.MySql2ConnectionConfig => ({
  host,
  port,
  user,
  password,
  database,
  charset: 'utf8mb4',
  ...(tls ? { ssl: sealedBy(tls) } : {}),
})

const sealedBy = ({
  verify,
  ca,
  cert,
  key,
}: Tls): Knex.MariaSslConfiguration & { verifyIdentity: boolean } => ({
  rejectUnauthorized: verify !== 'nothing',
  verifyIdentity: verify === 'identity',
  ...(ca ? { ca: readFileSync(ca, 'utf8') } : {}),
  ...(cert && key ? { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') } : {}),
})

const DUPLICATE = ['ER_DUP_ENTRY', 'SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY']

/** True when an insert met a row with the same unique key. */
export const isDuplicate = (error: unknown): boolean => DUPLICATE.includes(errorCode(error) ?? '')
