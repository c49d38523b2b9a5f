import { mkdtempSync, readdirSync, statSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makePrivateFolder } from '../../base/private-files.ts'
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
  makePrivateFolder(folder)
  await removeAbandoned(folder, now)
  const own = mkdtempSync(join(folder, PREFIX))
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
