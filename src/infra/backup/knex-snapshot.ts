import { setImmediate as turnOfOthers } from 'node:timers/promises'
import type { Knex } from 'knex'
import { BackupError } from '../../backup/backup-error.ts'
import type { Snapshot } from '../../backup/ports.ts'
import type { Row, Table } from '../../backup/table.ts'
import { say } from '../../base/say.ts'
import type { Engine } from '../db/database.ts'
import { appliedMigrations } from '../db/migrate.ts'
import { toPortable } from './engine-values.ts'
import { openPatiently } from './open-patiently.ts'
import { readTables } from './read-tables.ts'

const PAGE_BYTES = 256 * 1024
const MAX_PAGE_ROWS = 1000
/** Before it is known how wide the rows are. */
const FIRST_PAGE_ROWS = 20

/** Integers beyond 2^53, times and JSON as they are stored. */
const EXACT = { safeIntegers: true, supportBigNumbers: true, dateStrings: true, jsonStrings: true }

type Stored = { readonly [column: string]: unknown }

/**
 * One instant of the database, on a connection of its own, beside whoever reads and writes. `tablesOf`: which tables a
 * database of these migrations has, where that is known; what else is in it is nobody's of ours.
 */
export const openSnapshot = async (
  url: string,
  tablesOf: (migrations: readonly string[]) => Promise<readonly Table[] | undefined> = async () => undefined,
): Promise<Snapshot> => {
  const { knex, engine, close } = openPatiently(url)
  const trx = await begin(knex, engine).catch(async (error) => {
    await close()
    throw error
  })
  const end = async () => {
    await trx.rollback().catch(() => {})
    await close()
  }
  try {
    const migrations = await appliedMigrations(trx)
    const there = await readTables(trx, engine)
    const tables = (await tablesOf(migrations)) ?? there
    refuseMissing(tables, there)
    return {
      engine,
      migrations,
      tables,
      bytes: await bytesOf(trx, engine),
      async count({ name }) {
        const row = await trx(name).count({ rows: '*' }).first()
        return Number(row?.rows ?? 0)
      },
      pages: (table) => pagesOf(trx, table),
      close: end,
    }
  } catch (error) {
    await end()
    throw error
  }
}

/** What the first statement sees, the later ones see. */
const begin = async (knex: Knex, engine: Engine): Promise<Knex.Transaction> => {
  if (engine === 'sqlite') return knex.transaction()
  const trx = await knex.transaction({ isolationLevel: 'repeatable read' })
  await trx.raw("set time_zone = '+00:00'")
  return trx
}

const refuseMissing = (wanted: readonly Table[], there: readonly Table[]): void => {
  for (const { name, columns, key } of wanted) {
    const found = there.find((table) => table.name === name)
    const lost = columns.find((column) => !found?.columns.some((each) => each.name === column.name))
    if (!found || lost) throw missing(lost ? `${name}.${lost.name}` : name)
    if (key.length === 0) throw new Error(`the table ${name} has no primary key to read it by`)
  }
}

/** By the primary key, from where the page before ended: nothing is skipped over again, nothing is held open. */
async function* pagesOf(trx: Knex, table: Table): AsyncGenerator<Row[]> {
  const names = table.columns.map(({ name }) => name)
  let limit = FIRST_PAGE_ROWS
  let last: Stored | undefined
  for (;;) {
    const query = trx(table.name).select(names).limit(limit).options(EXACT)
    for (const key of table.key) query.orderBy(key)
    if (last) beyond(query, table.key, last)
    const stored: Stored[] = await query
    const rows = stored.map((row) => portable(table, row))
    if (rows.length > 0) yield rows
    // SQLite answers at once, and who only ever waits for it lets nobody else have a turn.
    await turnOfOthers()
    if (stored.length < limit) return
    last = stored.at(-1)
    const width = Math.max(1, widthOf(rows) / rows.length)
    limit = Math.min(MAX_PAGE_ROWS, Math.max(1, Math.floor(PAGE_BYTES / width)))
  }
}

/** `(a, b) > (x, y)`, written so that MySQL finds it by the index. */
const beyond = (query: Knex.QueryBuilder, key: readonly string[], last: Stored): void => {
  query.where((any) => {
    for (const [at, column] of key.entries())
      any.orWhere((each) => {
        for (const before of key.slice(0, at)) each.where(before, bound(last[before]))
        each.where(column, '>', bound(last[column]))
      })
  })
}

const bound = (value: unknown): Knex.Value => value as Knex.Value

const portable = ({ name, columns }: Table, stored: Stored): Row =>
  columns.map((column) => {
    try {
      return toPortable(column.kind, stored[column.name])
    } catch {
      throw odd(name, column.name)
    }
  })

const widthOf = (rows: readonly Row[]): number => {
  let width = 0
  for (const row of rows) for (const value of row) width += typeof value === 'string' ? value.length : 8
  return width
}

const bytesOf = async (trx: Knex, engine: Engine): Promise<number> => {
  if (engine === 'sqlite') {
    const [row] = await trx.raw(
      'select page_count * page_size as bytes from pragma_page_count(), pragma_page_size()',
    )
    return Number(row.bytes)
  }
  const [[row]] = await trx.raw(
    'select coalesce(sum(data_length + index_length), 0) as bytes from information_schema.tables where table_schema = database()',
  )
  return Number(row.bytes)
}

const missing = (what: string): BackupError =>
  new BackupError(
    'wrong-schema',
    say({
      zh: `数据库里缺少 ${what}：有人改过表结构；请运行 yingda migrate status 看一看`,
      en: `the database has no ${what}: somebody changed its tables; look at yingda migrate status`,
    }),
  )

const odd = (table: string, column: string): BackupError =>
  new BackupError(
    'backup-unfit',
    say({
      zh: `表 ${table} 的 ${column} 里有类型不对的值，无法备份：请先改正它`,
      en: `${column} of the table ${table} holds a value that is not of its type: mend it first`,
    }),
  )
