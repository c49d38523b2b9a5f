import { BackupError } from '../../backup/backup-error.ts'
import { sumsOf } from '../../backup/dump.ts'
import type { Header } from '../../backup/format.ts'
import { damaged, readHeader, readRows, sameSums } from '../../backup/load.ts'
import type { TableSum } from '../../backup/row-sum.ts'
import type { Table } from '../../backup/table.ts'
import { errorCode } from '../../base/error-code.ts'
import { say } from '../../base/say.ts'
import { readArchive } from '../../infra/backup/archive.ts'
import { refuseFullDisk } from '../../infra/backup/free-space.ts'
import { insertInto, refuseBrokenReferences } from '../../infra/backup/knex-replaceable.ts'
import { openSnapshot } from '../../infra/backup/knex-snapshot.ts'
import { readLines } from '../../infra/backup/read-lines.ts'
import { readTables } from '../../infra/backup/read-tables.ts'
import { openPlainScratch, openScratch, unknownMigrations } from '../../infra/backup/scratch.ts'
import { backupFolder, type Workplace } from '../../infra/backup/workplace.ts'
import type { Database } from '../../infra/db/database.ts'
import type { BackupParts, BackupSettings } from './parts.ts'

export type ReadBackup = {
  header: Header
  sums: Map<string, TableSum>
  /** A SQLite database with what the backup holds, at the backup's schema. */
  scratchUrl: string
}

/** What SQLite takes for what took so many bytes elsewhere, with its indexes. */
const SCRATCH_SHARE = 1.5

/**
 * Puts the backup into a scratch database, reads it out of there again, and compares. `judge` may refuse it by its header,
 * before the work; what it asks for besides has to be free on the disk.
 * @throws BackupError when anything is wrong with the file
 */
export const readIntoScratch = async (
  file: string,
  settings: BackupSettings,
  work: Workplace,
  { reached, judge }: Pick<BackupParts, 'reached'> & { judge?: (header: Header) => Promise<void> },
): Promise<ReadBackup> => {
  const lines = readLines(readArchive(file, settings.BACKUP_KEY))
  try {
    const header = await readHeader(lines)
    await judge?.(header)
    const path = work.path('scratch.sqlite')
    await refuseFullDisk([{ folder: backupFolder(settings.DATA_DIR), bytes: header.bytes * SCRATCH_SHARE }])
    const total = header.tables.reduce((sum, { rows }) => sum + rows, 0)
    const isKnown = unknownMigrations(header.migrations).length === 0
    const scratch = isKnown
      ? await openScratch(path, header.migrations)
      : await openPlainScratch(path, header)
    try {
      if (isKnown) refuseOther(header, await readTables(scratch.knex, 'sqlite'))
      // Filling it is one half, reading it again the other.
      const sums = await fill(scratch, header, lines, (rows) => reached?.(Math.floor(rows / 2), total))
      await scratch.close()
      const scratchUrl = `sqlite:${path}`
      const snapshot = await openSnapshot(scratchUrl, async () => header.tables)
      const again = await sumsOf(snapshot, (rows) =>
        reached?.(Math.floor((total + rows) / 2), total),
      ).finally(snapshot.close)
      if (!sameSums(sums, again)) throw damaged()
      return { header, sums, scratchUrl }
    } finally {
      await scratch.close()
    }
  } catch (error) {
    if (error instanceof BackupError && SENSELESS.includes(error.code)) await readToTheEnd(lines)
    throw error
  } finally {
    await lines.return(undefined)
  }
}

const SENSELESS = ['backup-unfit', 'backup-foreign']

/** What makes no sense may be due to a bit that is another, which is told at the end of what is packed, and said instead. */
const readToTheEnd = async (lines: AsyncIterator<string>): Promise<void> => {
  while (!(await lines.next()).done);
}

const fill = async (
  { knex }: Database,
  header: Header,
  lines: AsyncIterator<string>,
  reached: (rows: number) => void,
): Promise<Map<string, TableSum>> => {
  try {
    for (const { name } of header.tables) await knex(name).delete()
    const sums = await readRows(lines, header, { insert: insertInto(knex, 'sqlite'), reached })
    await refuseBrokenReferences(knex, header.tables)
    return sums
  } catch (error) {
    throw isMisfit(error) ? contradicts(error) : error
  }
}

/** A row that the schema does not take: one twice, one that refers to nothing, a value that is missing. */
const isMisfit = (error: unknown): boolean =>
  (errorCode(error) ?? '').startsWith('SQLITE_CONSTRAINT') ||
  (error instanceof Error && error.name === 'BrokenReferenceError')

/** Names of columns and tables are the program's own from here on, whatever the file says. */
const refuseOther = (header: Header, tables: readonly Table[]): void => {
  const shapeOf = ({ name, key, columns }: Table) => JSON.stringify([name, key, columns.map(columnOf)])
  const columnOf = ({ name, kind }: Table['columns'][number]) => [name, kind]
  const wanted = new Set(tables.map(shapeOf))
  const other =
    header.tables.find((table) => !wanted.delete(shapeOf(table)))?.name ??
    tables.find((table) => wanted.has(shapeOf(table)))?.name
  if (other !== undefined) throw otherTable(other)
}

const otherTable = (table: string): BackupError =>
  new BackupError(
    'backup-unfit',
    say({
      zh: `备份里的表 ${table} 与它自己写明的表结构不符：请改用另一个备份`,
      en: `the table ${table} of the backup is not what its schema says: take another backup`,
    }),
  )

const contradicts = (cause: unknown): BackupError =>
  new BackupError(
    'backup-unfit',
    say({
      zh: '备份里的数据自相矛盾（有重复的、缺失的或指向不存在的行）：请改用另一个备份',
      en: 'the rows of the backup contradict each other (one twice, one missing, or one that refers to nothing): take another backup',
    }),
    { cause },
  )
