import knexPackage from 'knex'
import { makePrivateFile } from '../../base/private-files.ts'
import { StoreStuckError } from '../../base/store-stuck-error.ts'
import { knexConfig } from '../db/database.ts'

const TRY_MS = 1

/**
 * Holds the file for this process, or gives undefined when another one does. The operating system frees it with the process,
 * also beyond the borders of containers, where numbers of processes mean nothing.
 */
export const holdFile = async (path: string): Promise<(() => Promise<void>) | undefined> => {
  makePrivateFile(path)
  const lock = knexPackage.knex(knexConfig(`sqlite:${path}`, TRY_MS))
  try {
    await lock.raw('begin exclusive')
    return () => lock.destroy()
  } catch (error) {
    await lock.destroy()
    if (error instanceof StoreStuckError) return undefined
    throw error
  }
}
