import type { Knex } from 'knex'
import Mysql2 from 'knex/lib/dialects/mysql2/index.js'
import { errorCode } from '../../base/error-code.ts'
import { StoreStuckError } from '../../base/store-stuck-error.ts'
import { acquired } from './acquired.ts'

/** `heardAt`: when the server last answered on it. `silent`: a query was given up, nothing on it can be trusted. */
type Handle = {
  heardAt: number
  silent?: StoreStuckError
  __knex__disposed?: unknown
  destroy(): void
  stream: { destroy(): void }
}

const MAX_CONNECT_MS = 10_000

/** No gap locks: every verdict here is one conditional statement. Strict: nothing is cut to fit. */
const SESSION = "sql_mode = 'TRADITIONAL', innodb_lock_wait_timeout = "
const ISOLATION = "transaction_isolation = 'READ-COMMITTED'"
/** MariaDB before 11.1 knows the variable by its older name only. */
const OLDER_ISOLATION = "tx_isolation = 'READ-COMMITTED'"

/**
 * MySQL or MariaDB. A server that stands still, or a way to it that swallows everything, fails a query after
 * `patienceMs` with StoreStuckError; its connection is thrown away, and so is each that has been quiet since.
 */
export const mysqlConfig = (connection: Knex.MySql2ConnectionConfig, patienceMs: number): Knex.Config => ({
  client: impatientClient(patienceMs),
  connection: { ...connection, connectTimeout: Math.min(patienceMs, MAX_CONNECT_MS) },
  // Else asked of each pool's first connection, without a deadline; nothing here depends on it.
  version: 'latest',
  pool: { min: 0, max: 20 },
})

const impatientClient = (patienceMs: number) => {
  /** Connections last heard before this may be dead. */
  let suspectBefore = 0

  return class ImpatientMysql extends Mysql2 {
    constructor(config: Knex.Config) {
      super(config)
      // Migrations tell the engines apart by it.
      this.config.client = this.driverName
    }

    override acquireConnection(): Promise<unknown> {
      return acquired(super.acquireConnection())
    }

    override async acquireRawConnection(): Promise<Handle> {
      const handle: Handle = await super.acquireRawConnection().catch((error) => {
        if (errorCode(error) !== 'ETIMEDOUT') throw error
        throw new StoreStuckError('the database does not take connections', { cause: error })
      })
      const set = (isolation: string) => {
        // The server gives up on a lock before this side gives up on the server.
        const lockSeconds = Math.max(1, Math.floor(patienceMs / 1000) - 1)
        return this._query(handle, { sql: `SET SESSION ${isolation}, ${SESSION}${lockSeconds}` })
      }
      try {
        await set(ISOLATION).catch((error) => {
          if (error instanceof StoreStuckError) throw error
          return set(OLDER_ISOLATION)
        })
        return handle
      } catch (error) {
        abandon(handle)
        throw error
      }
    }

    override async _query(connection: Handle, query: { sql?: string; options?: object }): Promise<unknown> {
      // A transaction that was given up on wants to roll back: its server has done that, or will.
      if (connection.silent) throw connection.silent
      const startedAt = performance.now()
      query.options = { timeout: patienceMs, ...query.options }
      try {
        const answer = await super._query(connection, query)
        connection.heardAt = performance.now()
        return answer
      } catch (error) {
        if (isGone(error))
          throw new StoreStuckError('the connection to the database is gone', { cause: error })
        if (TAKES_NO_WRITES.test(errorCode(error) ?? '')) {
          // All connections of before lead there; new ones may lead to whoever took over.
          suspectBefore = performance.now()
          const refused = new StoreStuckError('the database takes no writes for now', { cause: error })
          connection.__knex__disposed = refused
          throw refused
        }
        if (errorCode(error) !== 'PROTOCOL_SEQUENCE_TIMEOUT') throw error
        suspectBefore = Math.max(suspectBefore, startedAt)
        connection.silent = new StoreStuckError(`the database gave no answer in ${patienceMs} ms`)
        connection.__knex__disposed = connection.silent
        abandon(connection)
        throw connection.silent
      }
    }

    override validateConnection(connection: Handle): Promise<boolean> {
      return connection.heardAt < suspectBefore
        ? Promise.resolve(false)
        : super.validateConnection(connection)
    }

    override async destroyRawConnection(connection: Handle): Promise<void> {
      // Saying goodbye to who does not answer would wait for the answer.
      if (connection.silent || connection.heardAt < suspectBefore) abandon(connection)
      else await super.destroyRawConnection(connection)
    }
  }
}

/** After a failover the connections stay at the server that was demoted, or that is not in its cluster (Galera). */
const TAKES_NO_WRITES =
  /^ER_(OPTION_PREVENTS_STATEMENT|READ_ONLY_MODE|INNODB_READ_ONLY|CANT_EXECUTE_IN_READ_ONLY_TRANSACTION|UNKNOWN_COM_ERROR)$/

/** Without a code of its own: what mysql2 says of a connection that was lost between two queries. */
const isGone = (error: unknown): boolean =>
  error instanceof Error && 'fatal' in error && error.fatal === true && errorCode(error) === undefined

const abandon = (handle: Handle): void => {
  handle.destroy()
  handle.stream.destroy()
}
