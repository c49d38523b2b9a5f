import type { Knex } from 'knex'
import type { ColumnKind, Table } from '../../backup/table.ts'
import type { Engine } from '../db/database.ts'

/** Of the migrations' own bookkeeping the header tells what is worth telling. */
const NOT_DATA = /^(knex_migrations|knex_migrations_lock|schema_steps|sqlite_.*)$/

type Found = { table_name: string; column_name: string; type: string; key_at: number }

/** The tables as they are, by name, the columns by name: SQLite's and MySQL's own order of columns differ. */
export const readTables = async (knex: Knex, engine: Engine): Promise<Table[]> => {
  const found = engine === 'sqlite' ? await ofSqlite(knex) : await ofMysql(knex)
  const byTable = Map.groupBy(found, ({ table_name }) => table_name)
  return [...byTable]
    .filter(([name]) => !NOT_DATA.test(name))
    .map(([name, columns]) => ({
      name,
      key: columns
        .filter(({ key_at }) => key_at > 0)
        .toSorted((one, other) => one.key_at - other.key_at)
        .map(({ column_name }) => column_name),
      columns: columns
        .map(({ column_name, type }) => ({ name: column_name, kind: kindOf(type) }))
        .toSorted((one, other) => compare(one.name, other.name)),
    }))
    .toSorted((one, other) => compare(one.name, other.name))
}

const ofSqlite = (knex: Knex): Promise<Found[]> =>
  knex.raw(
    `select m.name as table_name, c.name as column_name, lower(c.type) as type, c.pk as key_at
       from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table'`,
  )

/** MariaDB keeps JSON as text that has to be JSON. */
const ofMysql = async (knex: Knex): Promise<Found[]> => {
  const [rows]: Found[][] = await knex.raw(
    `select c.table_name as table_name, c.column_name as column_name, lower(c.column_type) as type,
            coalesce(k.ordinal_position, 0) as key_at
       from information_schema.columns c
       join information_schema.tables t
         on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE'
       left join information_schema.key_column_usage k
         on k.table_schema = c.table_schema and k.table_name = c.table_name and k.column_name = c.column_name
        and k.constraint_name = 'PRIMARY'
      where c.table_schema = database()`,
  )
  return rows ?? []
}

const KINDS: readonly (readonly [RegExp, ColumnKind])[] = [
  [/^(boolean|tinyint\(1\))/, 'boolean'],
  [/int/, 'integer'],
  [/^(float|double|decimal|numeric|real)/, 'decimal'],
  [/^json/, 'json'],
  [/(blob|binary)/, 'blob'],
  [/^(datetime|timestamp)/, 'time'],
  [/(char|text|enum)/, 'text'],
]

const kindOf = (type: string): ColumnKind => {
  const kind = KINDS.find(([pattern]) => pattern.test(type))?.[1]
  if (kind) return kind
  throw new Error(`a column of the type ${type} has no place in a backup`)
}

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)
