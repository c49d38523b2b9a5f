import { rm } from 'node:fs/promises'
import { BackupError } from '../../backup/backup-error.ts'
import {
  type BackupMeters,
  type BackupSchedule,
  createBackupSchedule,
  type KeptBackup,
} from '../../backup/schedule.ts'
import type { Clock } from '../../base/clock.ts'
import type { Config } from '../../base/config.ts'
import type { Log } from '../../base/log.ts'
import { say } from '../../base/say.ts'
import { createBackup } from './create.ts'
import { listBackups } from './list.ts'
import { verifyBackup } from './verify.ts'

/** Backups in DATA_DIR/backups as BACKUP_EVERY and BACKUP_KEEP say. Each is restored into a scratch database and compared. */
export const openBackupSchedule = (
  config: Config,
  parts: { meters: BackupMeters; clock: Clock; log: Log },
): BackupSchedule => {
  const { clock } = parts
  const make = async (signal: AbortSignal): Promise<KeptBackup> => {
    const reached = () => signal.throwIfAborted()
    const at = clock.now()
    const { file, bytes } = await createBackup(config, { clock, reached })
    if (file === undefined) throw new Error('a backup was not put into a file')
    try {
      reached()
      await verifyBackup(config, { file, clock, reached })
    } catch (error) {
      await rm(file, { force: true })
      throw error
    }
    return { file, at, bytes }
  }
  return createBackupSchedule({
    ...parts,
    make,
    everyMs: config.BACKUP_EVERY,
    keep: config.BACKUP_KEEP,
    list: () => listBackups(config.DATA_DIR),
    remove: (file) => rm(file, { force: true }),
    wordsFor: wordsOf,
  })
}

const wordsOf = (error: unknown): string =>
  error instanceof BackupError
    ? error.message
    : say({
        zh: '数据库或磁盘出了问题（看 err），一刻钟后再试；也可以手动运行 yingda backup create 看看',
        en: 'the database or the disk had a fault (see err); it is tried again in a quarter of an hour, or at once by: yingda backup create',
      })
