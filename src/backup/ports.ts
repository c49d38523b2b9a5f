import type { Row, Table } from './table.ts'

/** A database at one instant. Whatever is written to it meanwhile is not seen. */
export type Snapshot = {
  engine: string
  /** File names of the migrations that have run, oldest first. */
  migrations: readonly string[]
  /** By name. */
  tables: readonly Table[]
  /** About how many bytes the database takes on its disk. */
  bytes: number
  count(table: Table): Promise<number>
  /** All rows by their primary key, a few megabytes at a time. */
  pages(table: Table): AsyncIterable<readonly Row[]>
  close(): Promise<void>
}

export type Insert = (table: Table, rows: readonly Row[]) => Promise<void>

/** A database whose rows can be replaced, all of them or none. */
export type Replaceable = {
  tables: readonly Table[]
  /** Rows of the tables, those that the migrations themselves make left out. */
  isEmpty(): Promise<boolean>
  /** One transaction: every table is emptied, then filled. When `fill` throws, everything is as it was. */
  replace(fill: (insert: Insert) => Promise<void>): Promise<void>
  close(): Promise<void>
}
