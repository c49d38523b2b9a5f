import type { Clock } from '../base/clock.ts'
import { ipPrefix } from '../base/ip-network.ts'
import type { Log } from '../base/log.ts'
import type { Meters } from '../conversation/meters.ts'
import type { LoginRefusal, LoginWatch } from '../identity/login-watch.ts'

/** Refusals of so long are one line: whoever guesses must not fill the log. */
const LINE_EVERY_MS = 60_000
const MAX_NETWORKS = 5

type Refusals = { byReason: Map<LoginRefusal, number>; networks: Set<string> }

const none = (): Refusals => ({ byReason: new Map(), networks: new Set() })

/** Writes down who was logged in, and how often somebody was not; no address as a whole. */
export const createLoginWatch = (parts: {
  meters: Pick<Meters, 'loginEnded'>
  clock: Clock
  log: Log
}): { watch: LoginWatch; stop: () => void } => {
  const { meters, clock, log } = parts
  const stopping = new AbortController()
  let refusals = none()
  let isCollecting = false
  let alarmedAt = Number.NEGATIVE_INFINITY

  const tell = (): void => {
    if (refusals.byReason.size === 0) return
    const { byReason, networks } = refusals
    refusals = none()
    const shown = [...networks].slice(0, MAX_NETWORKS)
    log.warn({ refused: Object.fromEntries(byReason), from: shown }, 'logins were refused')
  }

  /** The first one at once, what follows within a minute together. */
  const collect = async (): Promise<void> => {
    if (isCollecting) return
    isCollecting = true
    tell()
    await clock.sleep(LINE_EVERY_MS, stopping.signal)
    isCollecting = false
    tell()
  }

  const watch: LoginWatch = {
    loggedIn({ way, userId, sessionId, ip }) {
      meters.loginEnded('success')
      log.info({ userId, sessionId, network: ipPrefix(ip), way }, 'somebody logged in')
    },

    refused({ reason, ip }) {
      meters.loginEnded(reason)
      refusals.byReason.set(reason, (refusals.byReason.get(reason) ?? 0) + 1)
      if (refusals.networks.size < MAX_NETWORKS) refusals.networks.add(ipPrefix(ip))
      void collect()
    },

    guessed(wrongInHour) {
      if (clock.now() - alarmedAt < LINE_EVERY_MS) return
      alarmedAt = clock.now()
      log.error({ wrongInHour }, 'login codes are being guessed')
    },
  }

  return { watch, stop: () => stopping.abort() }
}
