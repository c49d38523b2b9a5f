import { statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { BackupError } from '../../backup/backup-error.ts'
import { errorCode } from '../../base/error-code.ts'
import { say } from '../../base/say.ts'

const MB = 1024 * 1024

/** What will be written where. Folders of one disk share its space. */
export type Need = { folder: string; bytes: number }

/** @throws BackupError naming the folder, before anything is written */
export const refuseFullDisk = async (needs: readonly Need[]): Promise<void> => {
  const byDisk = Map.groupBy(needs, ({ folder }) => statSync(folder).dev)
  for (const some of byDisk.values()) {
    const folder = some[0]?.folder ?? '.'
    const bytes = some.reduce((sum, need) => sum + need.bytes, 0)
    const { bavail, bsize } = await statfs(folder)
    if (bavail * bsize < bytes) throw diskFull(folder, bytes)
  }
}

const FULL = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL', 'ER_RECORD_FILE_FULL', 'ER_DISK_FULL']

/** True when a disk was full after all. */
export const isDiskFull = (error: unknown): boolean => FULL.includes(errorCode(error) ?? '')

export const diskFull = (folder: string, bytes?: number): BackupError => {
  const need = bytes === undefined ? '' : Math.ceil(bytes / MB)
  return new BackupError(
    'disk-full',
    say({
      zh: `磁盘空间不够${need && `（${folder} 需要约 ${need} MB）`}：请清出空间后再试，现有数据没有改动`,
      en: `the disk is too full${need && ` (${folder} needs about ${need} MB)`}: make room and try again, nothing was changed`,
    }),
  )
}
