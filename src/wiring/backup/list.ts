import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { backupFolder } from '../../infra/backup/workplace.ts'
import { type BackupName, readBackupName } from './name.ts'

export type ListedBackup = BackupName & { file: string; bytes: number }

/** The finished backups in DATA_DIR/backups, oldest first. */
export const listBackups = (dataDir: string): ListedBackup[] => {
  const folder = backupFolder(dataDir)
  return namesIn(folder)
    .flatMap((name) => {
      const said = readBackupName(name)
      const file = join(folder, name)
      const bytes = said && statSync(file, { throwIfNoEntry: false })?.size
      return said && bytes !== undefined
        ? [{ file, bytes, at: said.at, version: said.version, sealed: said.sealed }]
        : []
    })
    .toSorted((one, other) => one.at - other.at)
}

const namesIn = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
