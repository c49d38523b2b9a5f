import knexPackage from 'knex'
import { StoreStuckError } from '../../base/store-stuck-error.ts'

/** A connection of the pool. Who gets none in time has waited for those before, who wait for a stuck database. */
export const acquired = async <T>(connection: Promise<T>): Promise<T> => {
  try {
    return await connection
  } catch (error) {
    if (!(error instanceof knexPackage.KnexTimeoutError)) throw error
    throw new StoreStuckError('the database had no connection free in time', { cause: error })
  }
}
