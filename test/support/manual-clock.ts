import type { Clock } from '../../src/base/clock.ts'

type Sleeper = { wakeAt: number; wake(): void }

export type ManualClock = Clock & {
  /** Moves time on, waking sleepers at their own instants, in order; what they start may sleep and wake as well. */
  advance(ms: number): Promise<void>
  /** How many are asleep. */
  sleeping(): number
}

/** Lets promises and input that is already there run. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

/** A clock that stands still until it is told to move. */
export const createManualClock = (startMs: number): ManualClock => {
  let now = startMs
  let sleepers: Sleeper[] = []

  const nextDue = (until: number): Sleeper | undefined =>
    sleepers.filter(({ wakeAt }) => wakeAt <= until).toSorted((a, b) => a.wakeAt - b.wakeAt)[0]

  return {
    now: () => now,
    sleep(ms, signal) {
      if (ms <= 0 || signal?.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = () => {
          sleepers = sleepers.filter((other) => other !== sleeper)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const sleeper = { wakeAt: now + ms, wake }
        sleepers.push(sleeper)
        signal?.addEventListener('abort', wake)
      })
    },
    async advance(ms) {
      const until = now + ms
      await settle()
      for (let due = nextDue(until); due; due = nextDue(until)) {
        now = due.wakeAt
        due.wake()
        await settle()
      }
      now = until
    },
    sleeping: () => sleepers.length,
  }
}
