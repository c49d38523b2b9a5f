import { say } from '../base/say.ts'
import { BackupError } from './backup-error.ts'
import { FORMAT, FORMAT_NAME, footerSchema, type Header, headerSchema, tableStartSchema } from './format.ts'
import type { Insert } from './ports.ts'
import { createRowSum, type TableSum } from './row-sum.ts'
import type { Row, Table } from './table.ts'
import { misfit } from './values.ts'

/** Lines without their ends, none longer than MAX_LINE_CHARS. */
export type Lines = AsyncIterator<string>

/** JSON is parsed without a look at its depth up to here. */
const SHALLOW_CHARS = 1024 * 1024
const PAGE_ROWS = 1000
const PAGE_CHARS = 1024 * 1024

/** The first line. What is no backup of ours is told apart from one that is broken, or newer. */
export const readHeader = async (lines: Lines): Promise<Header> => {
  const { value: line = '', done } = await lines.next()
  const document = done || line.length > SHALLOW_CHARS ? undefined : parsed(line)
  if (!isOurs(document)) throw foreign()
  if (typeof document.formatVersion === 'number' && document.formatVersion > FORMAT)
    throw newerForm(document.formatVersion)
  const header = headerSchema.safeParse(document)
  if (!header.success) throw damaged()
  return header.data
}

const isOurs = (document: unknown): document is { formatVersion?: unknown } =>
  typeof document === 'object' && document !== null && 'format' in document && document.format === FORMAT_NAME

/**
 * Hands every row to `insert`, checked against its columns, and compares counts and sums with the footer.
 * `rows`: how many there were so far.
 */
export const readRows = async (
  lines: Lines,
  header: Header,
  parts: { insert: Insert; reached(rows: number): void },
): Promise<Map<string, TableSum>> => {
  const sums = new Map<string, TableSum>()
  let done = 0
  let line = await nextLine(lines)
  for (const table of header.tables) {
    if (tableStartSchema.safeParse(parsed(line)).data?.table !== table.name) throw damaged()
    const sum = createRowSum()
    let page: Row[] = []
    let chars = 0
    const turnPage = async () => {
      await parts.insert(table, page)
      done += page.length
      parts.reached(done)
      page = []
      chars = 0
    }
    for (line = await nextLine(lines); line.startsWith('['); line = await nextLine(lines)) {
      sum.add(line)
      page.push(rowOf(table, line))
      chars += line.length
      if (page.length >= PAGE_ROWS || chars >= PAGE_CHARS) await turnPage()
    }
    if (page.length > 0) await turnPage()
    if (sum.total().rows !== table.rows) throw damaged()
    sums.set(table.name, sum.total())
  }
  const footer = footerSchema.safeParse(parsed(line))
  if (!footer.success || !sameSums(new Map(Object.entries(footer.data.tables)), sums)) throw damaged()
  if (!(await lines.next()).done) throw damaged()
  return sums
}

export const sameSums = (one: Map<string, TableSum>, other: Map<string, TableSum>): boolean =>
  one.size === other.size &&
  [...one].every(([name, { rows, sha256 }]) => {
    const same = other.get(name)
    return same?.rows === rows && same.sha256 === sha256
  })

const nextLine = async (lines: Lines): Promise<string> => {
  const { value, done } = await lines.next()
  if (done) throw cutShort()
  return value
}

const rowOf = (table: Table, line: string): Row => {
  // Whatever is nested deeply takes many times its length; a row is flat.
  if (line.length > SHALLOW_CHARS && !isFlat(line)) throw damaged()
  const row = parsed(line)
  const wrong = misfit(table, row)
  if (wrong !== undefined) throw unfit(table.name, wrong)
  return row as Row
}

const NESTS = /[[\]{}]/

/** True when no bracket stands in it but those around the row, strings left aside. */
const isFlat = (line: string): boolean => {
  let from = 1
  const end = line.length - 1
  while (from < end) {
    const quote = line.indexOf('"', from)
    const gapEnd = quote === -1 ? end : quote
    if (NESTS.test(line.slice(from, gapEnd))) return false
    if (quote === -1) return true
    from = closingQuote(line, quote + 1) + 1
    if (from === 0) return false
  }
  return true
}

const closingQuote = (line: string, from: number): number => {
  for (let at = line.indexOf('"', from); at !== -1; at = line.indexOf('"', at + 1)) {
    let slashes = 0
    while (line[at - 1 - slashes] === '\\') slashes += 1
    if (slashes % 2 === 0) return at
  }
  return -1
}

const parsed = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

export const foreign = (): BackupError =>
  new BackupError(
    'backup-foreign',
    say({
      zh: '这不是应答的备份文件：请检查路径（yingda backup list 列出本机的备份）',
      en: 'this is no backup of Yingda: check the path (yingda backup list shows those on this machine)',
    }),
  )

export const damaged = (): BackupError =>
  new BackupError(
    'backup-damaged',
    say({
      zh: '备份文件已损坏（内容与校验和不符）：请重新复制一份，或改用另一个备份',
      en: 'the backup is damaged (its content is not what was written): copy it again, or take another one',
    }),
  )

export const cutShort = (): BackupError =>
  new BackupError(
    'backup-cut-short',
    say({
      zh: '备份文件不完整（后面缺了一段）：请重新复制一份，或改用另一个备份',
      en: 'the backup is cut short (its end is missing): copy it again, or take another one',
    }),
  )

const newerForm = (version: number): BackupError =>
  new BackupError(
    'backup-too-new',
    say({
      zh: `备份的格式是 ${version}，本程序只认到 ${FORMAT}：请用做这份备份的版本或更新的版本`,
      en: `the backup has form ${version}, this program reads up to ${FORMAT}: use the version that made it, or a newer one`,
    }),
  )

const unfit = (table: string, column: string): BackupError =>
  new BackupError(
    'backup-unfit',
    say({
      zh: `备份里表 ${table} 的 ${column} 有不合规的值：请改用另一个备份`,
      en: `the backup holds a value that does not fit ${column} of the table ${table}: take another backup`,
    }),
  )
