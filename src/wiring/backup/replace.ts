import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { BackupError } from '../../backup/backup-error.ts'
import { versionOf } from '../../backup/format.ts'
import type { Snapshot } from '../../backup/ports.ts'
import type { Table } from '../../backup/table.ts'
import { errorCode } from '../../base/error-code.ts'
import { say } from '../../base/say.ts'
import type { Need } from '../../infra/backup/free-space.ts'
import { openReplaceable } from '../../infra/backup/knex-replaceable.ts'
import { type KnownTables, knownTables } from '../../infra/backup/scratch.ts'
import type { Workplace } from '../../infra/backup/workplace.ts'
import { engineOf, isThere, openDatabase, sqlitePath } from '../../infra/db/database.ts'
import { migrateAt, migrationStatus, programMigrations } from '../../infra/db/migrate.ts'
import type { BackupParts, TableRows } from './parts.ts'

/** As this program's migrations make them. */
export const ownTables = async (work: Workplace): Promise<KnownTables> => {
  const own = await knownTables(work.path('schema.sqlite'), programMigrations())
  return own ?? { tables: [], seeded: [] }
}

/**
 * Changes nothing.
 * @throws BackupError when the database to be written into has rows, and nobody agreed; or is of a newer program
 */
export const judgeTarget = async (url: string, own: KnownTables, agreed: boolean): Promise<void> => {
  if (!isThere(url)) return
  const { knex, close } = openDatabase(url)
  try {
    const { unknown } = await migrationStatus(knex)
    if (unknown.length > 0) throw newerTarget(versionOf(unknown), versionOf(programMigrations()))
    if (agreed) return
    // It may be at an older schema.
    const tables: Table[] = []
    for (const table of own.tables) if (await knex.schema.hasTable(table.name)) tables.push(table)
    const target = openReplaceable(url, { ...own, tables })
    const isEmpty = await target.isEmpty().finally(target.close)
    if (!isEmpty) throw notEmpty()
  } finally {
    await close()
  }
}

/**
 * Everything in the database at `url`, which is brought to this program's schema before, gives way to the snapshot, in one
 * transaction. `open` is called when nobody can write there any more, and others still read what was.
 */
export const replaceAll = async (
  open: () => Promise<Snapshot>,
  url: string,
  own: KnownTables,
  { reached }: Pick<BackupParts, 'reached'>,
): Promise<TableRows> => {
  await migrateAt(url)
  const target = openReplaceable(url, own)
  const rows: TableRows = {}
  try {
    await target.replace(async (insert) => {
      const snapshot = await open()
      try {
        let total = 0
        for (const table of own.tables) total += await snapshot.count(table)
        let done = 0
        for (const table of own.tables) {
          const before = done
          for await (const page of snapshot.pages(table)) {
            await insert(table, page)
            done += page.length
            reached?.(done, total)
          }
          rows[table.name] = done - before
        }
      } finally {
        await snapshot.close()
      }
    })
    return rows
  } catch (error) {
    throw NO_ROOM.includes(errorCode(error) ?? '') ? doesNotFit(error) : error
  } finally {
    await target.close()
  }
}

/** SQLite takes what is too long, or too large, for MySQL's columns, and tells apart what differs in spaces at its end. */
const NO_ROOM = ['ER_DUP_ENTRY', 'ER_DATA_TOO_LONG', 'ER_WARN_DATA_OUT_OF_RANGE', 'ER_NET_PACKET_TOO_LARGE']

/** SQLite writes everything into its journal first, and then into its file. */
export const targetNeed = (url: string, bytes: number): Need[] =>
  engineOf(url) === 'sqlite' ? [{ folder: nearestFolder(sqlitePath(url)), bytes: bytes * 2 }] : []

/** Its own may have to be made. */
const nearestFolder = (path: string): string => {
  const folder = dirname(path)
  return existsSync(folder) || folder === path ? folder : nearestFolder(folder)
}

const notEmpty = (): BackupError =>
  new BackupError(
    'target-not-empty',
    say({
      zh: '数据库里已经有数据，恢复会把它们全部换掉：确定的话请加 --yes（建议先运行 yingda backup create）',
      en: 'the database has rows already, all of which would be replaced: add --yes if you mean it (yingda backup create first)',
    }),
  )

const newerTarget = (theirs: string, ours: string): BackupError =>
  new BackupError(
    'wrong-schema',
    say({
      zh: `数据库的表结构是 ${theirs}，本程序只认识到 ${ours}：请用更新的版本来恢复`,
      en: `the database is at schema ${theirs}, this program knows up to ${ours}: restore with the newer program`,
    }),
  )

/** The driver puts the whole statement before what it has to say. */
const doesNotFit = (cause: unknown): BackupError => {
  const said = cause instanceof Error ? (cause.message.split(' - ').at(-1) ?? '') : ''
  return new BackupError(
    'backup-unfit',
    say({
      zh: `有一个值在这个数据库里放不下（${said}）：没有改动任何数据`,
      en: `a value has no room in this database (${said}): nothing was changed`,
    }),
    { cause },
  )
}
