import { type Clock, systemClock } from '../../src/base/clock.ts'

/** Real time, which a test may move on. */
export const createShiftedClock = (): Clock & { pass(ms: number): void } => {
  let shiftMs = 0
  return {
    now: () => Date.now() + shiftMs,
    sleep: systemClock.sleep,
    pass(ms) {
      shiftMs += ms
    },
  }
}
