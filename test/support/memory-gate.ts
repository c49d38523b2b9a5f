import type { GateState, GuessGateStore } from '../../src/identity/guess-gate.ts'

/** One gate, for all processes of a test. */
export const createMemoryGate = (): GuessGateStore => {
  let state: GateState = { freeAt: 0, guesses: 0, since: 0 }
  return {
    state: async () => state,
    async change(before, after) {
      const isSame =
        before.freeAt === state.freeAt && before.guesses === state.guesses && before.since === state.since
      if (isSame) state = after
      return isSame
    },
  }
}
