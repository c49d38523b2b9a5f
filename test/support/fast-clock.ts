import type { Clock } from '../../src/base/clock.ts'

type Sleeper = { wakeAt: number; wake(): void }

const TICK_MS = 1
/** Real time that passes between two ticks counts up to here. */
const MAX_STEP_MS = 3

/**
 * A clock that runs `times` as fast as real time, for a whole service that is to live through a minute in seconds. It
 * stands still while this process is too busy to tick, so that a busy machine makes the test longer, not the service
 * slower. Hand the same one to everything that has to agree on the time.
 */
export const createFastClock = (times: number): Clock => {
  let now = Date.now()
  let lastTick = performance.now()
  let ticking: NodeJS.Timeout | undefined
  let sleepers: Sleeper[] = []

  const pass = (mostMs: number) => {
    const real = performance.now()
    now += Math.min(real - lastTick, mostMs) * times
    lastTick = real
  }

  const tick = () => {
    pass(MAX_STEP_MS)
    const due = sleepers.filter(({ wakeAt }) => wakeAt <= now).toSorted((a, b) => a.wakeAt - b.wakeAt)
    for (const { wake } of due) wake()
    if (sleepers.length > 0 || !ticking) return
    clearInterval(ticking)
    ticking = undefined
  }

  const nowMs = () => {
    if (!ticking) pass(Number.POSITIVE_INFINITY)
    return Math.floor(now)
  }

  return {
    now: nowMs,
    sleep(ms, signal) {
      if (ms <= 0 || signal?.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        const wake = () => {
          sleepers = sleepers.filter((other) => other !== sleeper)
          signal?.removeEventListener('abort', wake)
          resolve()
        }
        const sleeper = { wakeAt: nowMs() + ms, wake }
        sleepers.push(sleeper)
        signal?.addEventListener('abort', wake)
        ticking ??= setInterval(tick, TICK_MS)
      })
    },
  }
}
