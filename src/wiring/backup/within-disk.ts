import { diskFull, isDiskFull } from '../../infra/backup/free-space.ts'
import { backupFolder, type Workplace } from '../../infra/backup/workplace.ts'
import type { BackupSettings } from './parts.ts'

/** Work in a workplace: it is tidied up whatever becomes of it, and a disk that is full after all is said in one line. */
export const withinDisk = async <T>(
  { DATA_DIR }: Pick<BackupSettings, 'DATA_DIR'>,
  place: Workplace,
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw isDiskFull(error) ? diskFull(backupFolder(DATA_DIR)) : error
  } finally {
    await place.close()
  }
}
