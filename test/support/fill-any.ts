import type { Knex } from 'knex'
import { readTables } from '../../src/infra/backup/read-tables.ts'

type ColumnInfo = { name: string; type: string; notnull: number; pk: number }
type Reference = { from: string; table: string; to: string }
type Row = { [column: string]: string | number | boolean | null }

/** What databases treat in ways of their own: case, trailing space, zero bytes, quotes, beyond the BMP, look-alikes of JSON. */
const TEXTS = [
  'a',
  'A',
  'a ',
  ' ',
  '',
  '\u0000',
  '\\',
  '"',
  "'",
  '`',
  '\n',
  '\r\n',
  '\u2028',
  '𠮷👨‍👩‍👧',
  'é',
  'e\u0301',
]

/**
 * Rows for every table there is, made up from the schema of a SQLite database alone: a table that is new tomorrow is filled
 * as well. References lead to rows that are there.
 */
export const makeRows = async (sqlite: Knex, count: number): Promise<Map<string, Row[]>> => {
  const made = new Map<string, Row[]>()
  const tables = await readTables(sqlite, 'sqlite')
  const waiting = tables.map(({ name }) => name)
  while (waiting.length > 0) {
    const name = waiting.shift() ?? ''
    const references: Reference[] = await sqlite.raw('select * from pragma_foreign_key_list(?)', [name])
    if (references.some(({ table }) => table !== name && !made.has(table))) {
      waiting.push(name)
      continue
    }
    const columns: ColumnInfo[] = await sqlite.raw(
      'select name, lower(type) as type, "notnull", pk from pragma_table_info(?)',
      [name],
    )
    made.set(
      name,
      Array.from({ length: count }, (_, index) =>
        Object.fromEntries(
          columns.map((column, at) => {
            const reference = references.find(({ from }) => from === column.name)
            const parents = reference ? made.get(reference.table) : undefined
            const parent = parents?.[index % parents.length]?.[reference?.to ?? '']
            return [column.name, parent ?? madeUp(column, index, at)]
          }),
        ),
      ),
    )
  }
  return made
}

const madeUp = (
  { type, notnull, pk }: ColumnInfo,
  index: number,
  at: number,
): string | number | boolean | null => {
  if (notnull === 0 && pk === 0 && (index + at) % 3 === 0) return null
  if (type === 'boolean') return (index + at) % 2 === 0
  if (type === 'bigint')
    // As far as a Date goes.
    return index % 4 === 0 ? 8_000_000_000_000_000 - index : index * 1_000_003
  if (type === 'integer') return index + 1
  const length = Number(/\d+/.exec(type)?.[0] ?? 5000)
  const own = `${index.toString(36)}.${at}`
  return `${own}${TEXTS[(index + at) % TEXTS.length]}`.slice(0, length)
}

/** Into a database of either engine, all that is there first taken away. */
export const insertRows = async (knex: Knex, rows: ReadonlyMap<string, Row[]>): Promise<void> => {
  for (const name of [...rows.keys()].toReversed()) await knex(name).delete()
  for (const [name, some] of rows) await knex.batchInsert(name, some, 50)
}
