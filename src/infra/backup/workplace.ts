import { mkdtempSync, readdirSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BackupError } from '../../backup/backup-error.ts'
import { errorCode } from '../../base/error-code.ts'
import { makePrivateFolder } from '../../base/private-files.ts'
import { say } from '../../base/say.ts'
import { holdFile } from './file-hold.ts'

export type Workplace = {
  /** Of a file in it. */
  path(name: string): string
  /** Takes the folder away with all that is in it. */
  close(): Promise<void>
}

const PREFIX = '.work-'
const LOCK = 'lock'
/** A folder may be made, and not held yet. */
const YOUNG_MS = 60_000

export const backupFolder = (dataDir: string): string => join(dataDir, 'backups')

/**
 * A folder in `DATA_DIR/backups` for what is not finished. Of processes that were killed in the middle the next one takes away
 * what they left.
 */
export const openWorkplace = async (dataDir: string, now: number): Promise<Workplace> => {
  const folder = backupFolder(dataDir)
  const own = await makeOwn(folder, now)
  const release = await holdFile(join(own, LOCK))
  return {
    path: (name) => join(own, name),
    async close() {
      // A large file takes its time to go, which nobody has to wait for.
      await rm(own, { recursive: true, force: true })
      await release?.()
    },
  }
}

const makeOwn = async (folder: string, now: number): Promise<string> => {
  try {
    makePrivateFolder(folder)
    await removeAbandoned(folder, now)
    return mkdtempSync(join(folder, PREFIX))
  } catch (error) {
    const code = errorCode(error)
    if (code !== 'EACCES' && code !== 'EROFS' && code !== 'EPERM' && code !== 'ENOTDIR') throw error
    throw new BackupError(
      'no-such-place',
      say({
        zh: `${folder} 写不了（${code}）：请检查 DATA_DIR 的权限`,
        en: `${folder} cannot be written (${code}): check the permissions of DATA_DIR`,
      }),
    )
  }
}

const removeAbandoned = async (folder: string, now: number): Promise<void> => {
  for (const name of readdirSync(folder).filter((each) => each.startsWith(PREFIX))) {
    const path = join(folder, name)
    const madeAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs
    if (madeAt === undefined || now - madeAt < YOUNG_MS) continue
    const release = await holdFile(join(path, LOCK)).catch(() => undefined)
    if (!release) continue
    await rm(path, { recursive: true, force: true })
    await release()
  }
}
