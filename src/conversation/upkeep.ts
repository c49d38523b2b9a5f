import type { Log } from '../base/log.ts'

/** One thing that the elected process does beside the sweep, each time. */
export type Chore = { name: string; work: () => Promise<void> }

/** One chore after the other. One that fails keeps none of the others from being done, and comes again. */
export const createUpkeep = (chores: readonly Chore[], log: Log) => async (): Promise<void> => {
  for (const { name, work } of chores)
    try {
      await work()
    } catch (err) {
      log.error({ err, chore: name }, 'a chore failed, it comes again')
    }
}
