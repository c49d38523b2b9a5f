import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'

/** One thing that the elected process does beside the sweep, each time. */
export type Chore = { name: string; work: () => Promise<void> }

/** What goes on failing is told of once an hour, not twice a minute. */
const TELL_AGAIN_MS = 3_600_000

/** One chore after the other. One that fails keeps none of the others from being done, and comes again. */
export const createUpkeep = (
  chores: readonly Chore[],
  { clock, log }: { clock: Pick<Clock, 'now'>; log: Log },
) => {
  const toldAt = new Map<string, number>()
  return async (): Promise<void> => {
    for (const { name: chore, work } of chores)
      try {
        await work()
        if (toldAt.delete(chore)) log.info({ chore }, 'a chore is done again')
      } catch (err) {
        if (clock.now() - (toldAt.get(chore) ?? Number.NEGATIVE_INFINITY) < TELL_AGAIN_MS) continue
        toldAt.set(chore, clock.now())
        log.error({ err, chore }, 'a chore failed, it comes again')
      }
  }
}
