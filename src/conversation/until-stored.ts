import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { isStoreAway } from '../base/store-stuck-error.ts'

const PAUSE_MS = 500
const KEEPS_TRYING_MS = 60_000

/**
 * What took a model's time and somebody's money is not given up because the database is away for a moment. `again`: it
 * was tried before, and may have been stored then without our hearing of it.
 */
export const untilStored = async <T>(
  { clock, log }: { clock: Clock; log: Log },
  turnId: string,
  store: (again: boolean) => Promise<T>,
): Promise<T> => {
  const giveUpAt = clock.now() + KEEPS_TRYING_MS
  for (let again = false; ; again = true) {
    try {
      return await store(again)
    } catch (err) {
      if (!isStoreAway(err) || clock.now() >= giveUpAt) throw err
      if (!again) log.warn({ err, turnId }, 'the end of a turn was not stored, trying again')
    }
    await clock.sleep(PAUSE_MS)
  }
}
