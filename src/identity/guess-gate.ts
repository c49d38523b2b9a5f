import type { Clock } from '../base/clock.ts'

/**
 * Lets guesses at codes that any browser may type in one after the other, over all processes and addresses: at most one a
 * second, and one in ten seconds once an hour has had 200 wrong ones. Its numbers stand in docs/operating.md.
 */
export type GuessGate = {
  /** Waits for its turn, for a few seconds at most. Refused: nothing may be tried. */
  enter(): Promise<GuessTurn | { ok: false; retryAfterMs: number }>
}

export type GuessTurn = {
  ok: true
  /** Wrong ones in this hour, this one included, when there are too many to be mistakes; undefined: all is calm. */
  alarm: number | undefined
  /** It was right: the next one need not wait, and it does not count. */
  wasRight(): Promise<void>
}

export type GateState = {
  /** From then on the next one is let in. */
  freeAt: number
  guesses: number
  /** Since when they are counted. */
  since: number
}

/** One gate, kept where all processes see it. */
export type GuessGateStore = {
  state(): Promise<GateState>
  /** False when it is no longer as it was. */
  change(before: GateState, after: GateState): Promise<boolean>
}

const HOUR_MS = 3_600_000
const CALM_GAP_MS = 1000
const ALARM_GAP_MS = 10_000
/** So many in an hour are no mistakes any more. */
const ALARM_FROM = 200
const WAIT_AT_MOST_MS = 8000
/** In one process. Whoever comes then is told to try again. */
const MAX_WAITING = 20
/** A process whose clock is wrong must not shut the gate for longer. */
const SHUT_AT_MOST_MS = 60_000

export const createGuessGate = (parts: {
  store: GuessGateStore
  clock: Clock
  /** From 0 up to 1: of those who wait, chance says who is next. */
  random: () => number
}): GuessGate => {
  const { store, clock } = parts
  let waiting = 0
  const pause = () => Math.floor(parts.random() * 200)

  /** The turn, or until when the gate is shut. */
  const tryOnce = async (): Promise<GuessTurn | { freeAt: number }> => {
    const before = await store.state()
    const now = clock.now()
    if (before.freeAt > now && before.freeAt <= now + SHUT_AT_MOST_MS) return before
    const isNewHour = before.since <= now - HOUR_MS || before.since > now
    const guesses = isNewHour ? 1 : before.guesses + 1
    const isAlarm = guesses > ALARM_FROM
    const after = {
      freeAt: now + (isAlarm ? ALARM_GAP_MS : CALM_GAP_MS),
      guesses,
      since: isNewHour ? now : before.since,
    }
    if (!(await store.change(before, after))) return { freeAt: now + CALM_GAP_MS }
    return {
      ok: true,
      alarm: isAlarm ? guesses : undefined,
      async wasRight() {
        await store.change(after, { freeAt: now, guesses: guesses - 1, since: after.since })
      },
    }
  }

  const waitForTurn = async (): Promise<GuessTurn | { ok: false; retryAfterMs: number }> => {
    const until = clock.now() + WAIT_AT_MOST_MS
    // Whoever comes as the gate opens has no better chance than those who wait.
    if (waiting > 1) await clock.sleep(pause())
    for (;;) {
      const turn = await tryOnce()
      if ('ok' in turn) return turn
      const wakeAt = turn.freeAt + pause()
      if (wakeAt > until) return { ok: false, retryAfterMs: ALARM_GAP_MS }
      await clock.sleep(Math.max(1, wakeAt - clock.now()))
    }
  }

  return {
    async enter() {
      if (waiting >= MAX_WAITING) return { ok: false, retryAfterMs: ALARM_GAP_MS }
      waiting += 1
      try {
        return await waitForTurn()
      } finally {
        waiting -= 1
      }
    },
  }
}
