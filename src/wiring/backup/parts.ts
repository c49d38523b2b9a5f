import type { Clock } from '../../base/clock.ts'
import type { Config } from '../../base/config.ts'

/** What of the settings a backup is made or read by. */
export type BackupSettings = Pick<
  Config,
  'DATA_DIR' | 'DATABASE_URL' | 'APP_SECRET' | 'APP_SECRET_PREVIOUS' | 'BACKUP_KEY'
>

export type BackupParts = {
  clock: Clock
  /** Told now and then; `total` may be a guess. */
  reached?: (rows: number, total: number) => void
}

/** How many rows each table has. */
export type TableRows = { [table: string]: number }
