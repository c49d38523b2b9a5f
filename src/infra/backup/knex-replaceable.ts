import { setImmediate as turnOfOthers } from 'node:timers/promises'
import type { Knex } from 'knex'
import type { Insert, Replaceable } from '../../backup/ports.ts'
import type { Row, Table } from '../../backup/table.ts'
import type { Engine } from '../db/database.ts'
import { toStored } from './engine-values.ts'
import { openPatiently } from './open-patiently.ts'
import type { KnownTables } from './scratch.ts'

/** SQLite binds up to 32,766 values at once, and a MySQL server takes statements of some megabytes. */
const MAX_BINDINGS = 8000
const MAX_CHARS = 1024 * 1024

/** The database's rows, to be replaced by others in one transaction. `tables`: as its migrations make them. */
export const openReplaceable = (url: string, { tables, seeded }: KnownTables): Replaceable => {
  const { knex, engine, close } = openPatiently(url)
  return {
    tables,
    async isEmpty() {
      for (const { name } of tables)
        if (!seeded.includes(name) && (await knex(name).first(knex.raw('1')))) return false
      return true
    },
    async replace(fill) {
      // SQLite takes no notice of it within a transaction; its pool has one connection.
      if (engine === 'sqlite') await knex.raw('pragma foreign_keys = off')
      await knex.transaction(
        async (trx) => {
          await takeOver(trx, engine)
          // Writes from the first statement on, so that nobody else writes any more.
          for (const { name } of tables) await trx(name).delete()
          await fill(insertInto(trx, engine))
          await giveBack(trx, engine, tables)
        },
        engine === 'mysql' ? { isolationLevel: 'serializable' } : {},
      )
    },
    close,
  }
}

/** References are checked when all is there: tables refer to each other in circles, and rows to their own table. */
const takeOver = async (trx: Knex, engine: Engine): Promise<void> => {
  if (engine === 'mysql') await trx.raw("set foreign_key_checks = 0, time_zone = '+00:00'")
}

const giveBack = async (trx: Knex, engine: Engine, tables: readonly Table[]): Promise<void> => {
  if (engine === 'mysql') await trx.raw('set foreign_key_checks = 1')
  else await refuseBrokenReferences(trx, tables)
}

/** Table by table, so that whoever else is waited for in this process gets a turn. @throws BrokenReferenceError */
export const refuseBrokenReferences = async (
  trx: Knex,
  tables: readonly { name: string }[],
): Promise<void> => {
  for (const { name } of tables) {
    const [broken] = await trx.raw('select 1 from pragma_foreign_key_check(?) limit 1', [name])
    if (broken) throw new BrokenReferenceError(name)
  }
}

export class BrokenReferenceError extends Error {
  readonly table: string
  constructor(table: string) {
    super(`a row of ${table} refers to one that is not there`)
    this.name = 'BrokenReferenceError'
    this.table = table
  }
}

export const insertInto =
  (knex: Knex, engine: Engine): Insert =>
  async (table, rows) => {
    for (const some of inStatements(table, rows)) {
      await insertAll(knex, engine, table, some)
      await turnOfOthers()
    }
  }

function* inStatements(table: Table, rows: readonly Row[]): Generator<Row[]> {
  const most = Math.max(1, Math.floor(MAX_BINDINGS / table.columns.length))
  let some: Row[] = []
  let chars = 0
  for (const row of rows) {
    some.push(row)
    for (const value of row) chars += typeof value === 'string' ? value.length : 8
    if (some.length < most && chars < MAX_CHARS) continue
    yield some
    some = []
    chars = 0
  }
  if (some.length > 0) yield some
}

const insertAll = async (
  trx: Knex,
  engine: Engine,
  { name, columns }: Table,
  rows: readonly Row[],
): Promise<void> => {
  const marks = `(${columns.map(() => '?').join(', ')})`
  const values = rows.flatMap((row) => columns.map(({ kind }, at) => toStored(engine, kind, row[at] ?? null)))
  const names = columns.map(() => '??').join(', ')
  const sql = `insert into ?? (${names}) values ${rows.map(() => marks).join(', ')}`
  await trx.raw(sql, [name, ...columns.map((column) => column.name), ...values] as Knex.RawBinding[])
}
