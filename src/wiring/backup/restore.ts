import { createWriteStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BackupError } from '../../backup/backup-error.ts'
import { type Header, versionOf } from '../../backup/format.ts'
import { say } from '../../base/say.ts'
import { refuseUnreadable } from '../../infra/backup/archive.ts'
import { refuseFullDisk } from '../../infra/backup/free-space.ts'
import { openSnapshot } from '../../infra/backup/knex-snapshot.ts'
import { unknownMigrations } from '../../infra/backup/scratch.ts'
import { openWorkplace } from '../../infra/backup/workplace.ts'
import { openDatabase } from '../../infra/db/database.ts'
import { createKnexAudit } from '../../infra/db/knex-audit.ts'
import { migrateAt, programMigrations } from '../../infra/db/migrate.ts'
import type { BackupParts, BackupSettings } from './parts.ts'
import { readIntoScratch } from './read.ts'
import { judgeTarget, ownTables, replaceAll, targetNeed } from './replace.ts'
import { opensHere } from './secret-mark.ts'
import type { BackupFacts } from './verify.ts'
import { withinDisk } from './within-disk.ts'

export type RestoreParts = BackupParts & {
  /** A path, or a stream, which is kept in a private file until all is done. */
  from: string | Readable
  /** Rows that are there may be replaced. */
  agreed: boolean
  /** Who does it, for the audit of the database as it is afterwards; without it nothing is noted. */
  actor?: string
  /**
   * What has happened since the backup and must not be forgotten, put into the scratch database, which has this program's
   * schema by then, when nobody can write into what is there any more.
   */
  amend?: (scratchUrl: string, createdAt: number) => Promise<void>
}

/**
 * File → scratch database, compared → the same at this program's schema → one transaction on the configured database. Until
 * that ends nothing is changed but, where it is older than the program, its schema.
 * @throws BackupError
 */
export const restoreBackup = async (
  settings: BackupSettings,
  { from, agreed, actor, amend, clock, reached }: RestoreParts,
): Promise<BackupFacts> => {
  if (typeof from === 'string') await refuseUnreadable(from)
  const work = await openWorkplace(settings.DATA_DIR, clock.now())
  return withinDisk(settings, work, async () => {
    const url = settings.DATABASE_URL
    const own = await ownTables(work)
    await judgeTarget(url, own, agreed)
    const file = typeof from === 'string' ? from : work.path('spool')
    if (typeof from !== 'string') await pipeline(from, createWriteStream(file, { flags: 'wx', mode: 0o600 }))
    const { header, scratchUrl } = await readIntoScratch(file, settings, work, {
      // Reading it is one half, writing the other.
      reached: (rows, total) => reached?.(Math.floor(rows / 2), total),
      async judge(header) {
        refuseUnknown(header)
        await refuseFullDisk(targetNeed(url, header.bytes))
      },
    })
    await migrateAt(scratchUrl)
    const createdAt = Date.parse(header.createdAt)
    const tables = await replaceAll(
      async () => {
        await amend?.(scratchUrl, createdAt)
        if (actor !== undefined) await note(scratchUrl, actor, header, clock.now())
        return openSnapshot(scratchUrl, async () => own.tables)
      },
      url,
      own,
      { reached: (rows, total) => reached?.(Math.floor((total + rows) / 2), total) },
    )
    return {
      createdAt,
      program: header.program,
      schema: header.schema,
      tables,
      sameSecret: opensHere(settings, header.secret),
    }
  })
}

/** What comes with the rows is there with them. */
const note = async (scratchUrl: string, actor: string, header: Header, at: number): Promise<void> => {
  const { knex, close } = openDatabase(scratchUrl)
  try {
    await createKnexAudit(knex).note({
      at,
      actor,
      act: 'backup restore',
      subject: `backup of ${header.createdAt}`,
      details: { program: header.program, schema: header.schema },
    })
  } finally {
    await close()
  }
}

const refuseUnknown = ({ migrations, schema }: Header): void => {
  if (unknownMigrations(migrations).length === 0) return
  const ours = versionOf(programMigrations())
  throw new BackupError(
    'backup-too-new',
    say({
      zh: `备份的表结构是 ${schema}，本程序只认识到 ${ours}：请用做这份备份的版本或更新的版本来恢复`,
      en: `the backup is of schema ${schema}, this program knows up to ${ours}: restore with the version that made it, or a newer one`,
    }),
  )
}
