import { say } from '../base/say.ts'
import { BackupError } from './backup-error.ts'
import { FORMAT, FORMAT_NAME, type Footer, type Header, MAX_LINE_CHARS, versionOf } from './format.ts'
import type { Snapshot } from './ports.ts'
import { createRowSum, type TableSum } from './row-sum.ts'
import type { Table } from './table.ts'

export type Origin = {
  /** Milliseconds since the Unix epoch. */
  now: number
  program: string
  /** Fingerprint of APP_SECRET. */
  secret: string
}

export type Reached = (rows: number, total: number) => void

/** Counts the rows, which the header tells beforehand. */
export const headerOf = async (snapshot: Snapshot, { now, program, secret }: Origin): Promise<Header> => {
  const tables: Header['tables'] = []
  for (const table of snapshot.tables)
    tables.push({
      name: table.name,
      key: [...table.key],
      columns: [...table.columns],
      rows: await snapshot.count(table),
    })
  return {
    format: FORMAT_NAME,
    formatVersion: FORMAT,
    createdAt: new Date(now).toISOString(),
    program,
    engine: snapshot.engine,
    schema: versionOf(snapshot.migrations),
    migrations: [...snapshot.migrations],
    secret,
    bytes: snapshot.bytes,
    tables,
  }
}

/** The whole backup as text, a page of rows at a time. `sums` are filled as it goes. */
export async function* dump(
  snapshot: Snapshot,
  header: Header,
  parts: { sums: Map<string, TableSum>; reached?: Reached },
): AsyncGenerator<string> {
  const total = header.tables.reduce((sum, { rows }) => sum + rows, 0)
  let done = 0
  yield `${JSON.stringify(header)}\n`
  for (const table of snapshot.tables) {
    yield `${JSON.stringify({ table: table.name })}\n`
    const sum = createRowSum()
    for await (const lines of linesOf(snapshot, table)) {
      for (const line of lines) sum.add(line)
      yield `${lines.join('\n')}\n`
      done += lines.length
      parts.reached?.(done, total)
    }
    parts.sums.set(table.name, sum.total())
  }
  const footer: Footer = { end: true, tables: Object.fromEntries(parts.sums) }
  yield `${JSON.stringify(footer)}\n`
}

/** Of what a snapshot holds, the counts and sums alone. */
export const sumsOf = async (
  snapshot: Snapshot,
  reached: (rows: number) => void,
): Promise<Map<string, TableSum>> => {
  const sums = new Map<string, TableSum>()
  let done = 0
  for (const table of snapshot.tables) {
    const sum = createRowSum()
    for await (const lines of linesOf(snapshot, table)) {
      for (const line of lines) sum.add(line)
      done += lines.length
      reached(done)
    }
    sums.set(table.name, sum.total())
  }
  return sums
}

async function* linesOf(snapshot: Snapshot, table: Table): AsyncGenerator<string[]> {
  for await (const rows of snapshot.pages(table)) {
    const lines = rows.map((row) => JSON.stringify(row))
    if (lines.some(({ length }) => length > MAX_LINE_CHARS)) throw tooWide(table.name)
    if (lines.length > 0) yield lines
  }
}

const tooWide = (table: string): BackupError =>
  new BackupError(
    'backup-unfit',
    say({
      zh: `表 ${table} 有一行超过 32 MB，无法备份：请先删除这一行，再重新备份`,
      en: `a row of the table ${table} is longer than 32 MB, which no backup takes: delete that row, then try again`,
    }),
  )
