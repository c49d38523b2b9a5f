import { setTimeout as pause } from 'node:timers/promises'
import type { Knex } from 'knex'
import BetterSqlite3 from 'knex/lib/dialects/better-sqlite3/index.js'
import { errorCode } from '../../base/error-code.ts'
import { StoreStuckError } from '../../base/store-stuck-error.ts'
import { acquired } from './acquired.ts'

type Handle = {
  pragma(statement: string): unknown
  prepare(sql: string): unknown
  close(): void
}
type Created = (error: unknown, handle: Handle) => void

/** SQLite's own pauses between two looks at a lock. */
const PAUSES_MS = [1, 2, 5, 10, 15, 20, 25]
const MAX_PREPARED = 500

/**
 * SQLite in a file. SQLite waits for another process's lock by stopping the whole event loop; here each statement is
 * tried again beside it instead, for `patienceMs`, and then fails with StoreStuckError.
 */
export const sqliteConfig = (filename: string, patienceMs: number): Knex.Config => ({
  client: waitingClient(patienceMs),
  connection: { filename },
  useNullAsDefault: true,
  pool: {
    min: 1,
    max: 1,
    afterCreate: (handle: Handle, done: Created) => {
      handle.pragma('busy_timeout = 0')
      whenUnlocked(patienceMs, async () => prepareHandle(handle)).then(
        () => done(null, handle),
        (error) => {
          handle.close()
          done(error, handle)
        },
      )
    },
  },
})

const prepareHandle = (handle: Handle): void => {
  handle.pragma('journal_mode = WAL')
  // NORMAL survives a killed process whole; only a power cut may take the last commits.
  handle.pragma('synchronous = NORMAL')
  handle.pragma('foreign_keys = ON')
  cachePrepared(handle)
}

const waitingClient = (patienceMs: number) =>
  class WaitingSqlite extends BetterSqlite3 {
    constructor(config: Knex.Config) {
      super(config)
      // Migrations tell the engines apart by it.
      this.config.client = this.driverName
    }

    override acquireConnection(): Promise<unknown> {
      return acquired(super.acquireConnection())
    }

    override _query(connection: unknown, query: object): Promise<unknown> {
      return whenUnlocked(patienceMs, () => super._query(connection, query))
    }
  }

const whenUnlocked = async <T>(patienceMs: number, work: () => Promise<T>): Promise<T> => {
  const startedAt = performance.now()
  for (let tries = 0; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (!isLocked(error)) throw error
      if (performance.now() - startedAt > patienceMs)
        throw new StoreStuckError(`another process kept the database locked for ${patienceMs} ms`, {
          cause: error,
        })
    }
    await pause(PAUSES_MS[tries] ?? PAUSES_MS.at(-1))
  }
}

/** What has read before another process wrote waits in vain: its transaction has to be begun anew. */
const isLocked = (error: unknown): boolean => {
  const code = errorCode(error) ?? ''
  return code.startsWith('SQLITE_BUSY') && code !== 'SQLITE_BUSY_SNAPSHOT'
}

/** knex prepares every statement anew, the same few dozen texts all day. Schema changes re-prepare by themselves. */
const cachePrepared = (handle: Handle): void => {
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
