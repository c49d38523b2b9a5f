import { refuseUnreadable } from '../../infra/backup/archive.ts'
import { unknownMigrations } from '../../infra/backup/scratch.ts'
import { openWorkplace } from '../../infra/backup/workplace.ts'
import { rowsOf } from './create.ts'
import type { BackupParts, BackupSettings, TableRows } from './parts.ts'
import { readIntoScratch } from './read.ts'
import { opensHere } from './secret-mark.ts'
import { withinDisk } from './within-disk.ts'

export type BackupFacts = {
  /** Milliseconds since the Unix epoch. */
  createdAt: number
  /** Version of the program that made it. */
  program: string
  schema: string
  tables: TableRows
  /** Whether this installation's APP_SECRET opens what is sealed in it. */
  sameSecret: boolean
}

export type VerifiedBackup = BackupFacts & {
  /** Whether this program can restore it, or a newer one has to. */
  restorable: boolean
}

/**
 * Restores the file into a scratch database in DATA_DIR/backups, which is gone afterwards, and compares.
 * @throws BackupError when it is not what was written, or cannot be read
 */
export const verifyBackup = async (
  settings: BackupSettings,
  { file, clock, reached }: BackupParts & { file: string },
): Promise<VerifiedBackup> => {
  await refuseUnreadable(file)
  const work = await openWorkplace(settings.DATA_DIR, clock.now())
  return withinDisk(settings, work, async () => {
    const { header, sums } = await readIntoScratch(file, settings, work, reached ? { reached } : {})
    return {
      createdAt: Date.parse(header.createdAt),
      program: header.program,
      schema: header.schema,
      tables: rowsOf(sums),
      sameSecret: opensHere(settings, header.secret),
      restorable: unknownMigrations(header.migrations).length === 0,
    }
  })
}
