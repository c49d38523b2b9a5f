import type { Knex } from 'knex'
import { errorCode } from '../../base/error-code.ts'

/**
 * Rolled back through no fault of its own: two that waited for each other (MySQL), or one that had read before another
 * process wrote (SQLite).
 */
const AGAIN = ['ER_LOCK_DEADLOCK', 'SQLITE_BUSY_SNAPSHOT']
const MAX_TRIES = 5

/** A transaction; one that the database gave up on is begun anew. What it does besides must bear being done again. */
export const transact = async <T>(knex: Knex, work: (trx: Knex.Transaction) => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await knex.transaction(work)
    } catch (error) {
      if (!AGAIN.includes(errorCode(error) ?? '') || tries === MAX_TRIES) throw error
    }
  }
}
