import type { Clock } from '../base/clock.ts'
import { ipNetworks } from '../base/ip-network.ts'
import { type Counted, giveAllBack, type Tries, takeAll } from '../base/tries.ts'
import { browserHash } from './browser.ts'
import type { GuessGate } from './guess-gate.ts'
import { CODE_DIGITS, type LoginCodes } from './login-codes.ts'
import type { LoginWatch, TellLogin } from './login-watch.ts'
import type { Session, Sessions } from './sessions.ts'

/**
 * `browser`: the value of its cookie, see browser.ts. `session`: the token of the login it had before. `ip`: whoever
 * really asks, not the proxy.
 */
export type LoginTry = {
  code: string
  browser: string
  session?: string | undefined
  ip: string
  userAgent: string
}

/**
 * wrong: no such code, used, or for another browser · expired: it was right, but too late; outside both may sound the same ·
 * too-many-tries: by this browser or from this address, nothing was tried · busy: too many guess at codes, nothing was tried.
 */
export type Login =
  | { ok: true; token: string; session: Session }
  | { ok: false; reason: 'wrong' | 'expired' }
  | { ok: false; reason: 'too-many-tries' | 'busy'; retryAfterMs: number }

/** A code that any browser may type waits for its turn, seconds while many guess; one for this browser never does. */
export type LoginByCode = (attempt: LoginTry) => Promise<Login>

const HOUR_MS = 3_600_000
const BY_BROWSER = { limit: 5, windowMs: HOUR_MS }
const NETWORK_LIMIT = 20

export const createLoginByCode = (parts: {
  codes: Pick<LoginCodes, 'useBound' | 'useUnbound'>
  sessions: Pick<Sessions, 'open'>
  gate: GuessGate
  tries: Tries
  watch: LoginWatch
  tell: TellLogin
  clock: Pick<Clock, 'now'>
}): LoginByCode => {
  const { codes, tries, watch } = parts

  const open = async (userId: string, attempt: LoginTry): Promise<Login> => {
    const by = {
      userAgent: attempt.userAgent,
      browserHash: browserHash(attempt.browser),
      replaces: attempt.session,
    }
    const opened = await parts.sessions.open(userId, by, parts.clock.now())
    // Blocked or gone since the code was given.
    return opened ? { ok: true, ...opened } : { ok: false, reason: 'wrong' }
  }

  /** Where a code is open, its own guesses are what counts: neither neighbours nor attackers can lock anybody out. */
  const bound = async (code: string, attempt: LoginTry): Promise<Login> => {
    const used = await codes.useBound(code, browserHash(attempt.browser))
    if (used.ok) return open(used.userId, attempt)
    const allowed = await takeAll(tries, countedFor('bound', attempt))
    if (used.reason !== 'nothing-open') return { ok: false, reason: used.reason }
    if (!allowed.ok) return { ok: false, reason: 'too-many-tries', retryAfterMs: allowed.retryAfterMs }
    return { ok: false, reason: 'wrong' }
  }

  const unbound = async (code: string, attempt: LoginTry): Promise<Login> => {
    const mine = countedFor('any', attempt)
    const allowed = await takeAll(tries, mine)
    if (!allowed.ok) return { ok: false, reason: 'too-many-tries', retryAfterMs: allowed.retryAfterMs }
    const turn = await parts.gate.enter()
    if (!turn.ok) {
      await giveAllBack(tries, mine)
      return { ok: false, reason: 'busy', retryAfterMs: turn.retryAfterMs }
    }
    const used = await codes.useUnbound(code)
    if (!used.ok) {
      if (turn.alarm !== undefined) watch.guessed(turn.alarm)
      return { ok: false, reason: used.reason === 'expired' ? 'expired' : 'wrong' }
    }
    await turn.wasRight()
    await giveAllBack(tries, mine)
    return open(used.userId, attempt)
  }

  return async (attempt) => {
    const code = readCode(attempt.code)
    const way = code?.length === CODE_DIGITS.unbound ? unbound : bound
    const login: Login = code === undefined ? { ok: false, reason: 'wrong' } : await way(code, attempt)
    const { ip } = attempt
    if (login.ok) {
      const { id: sessionId, userId } = login.session
      watch.loggedIn({ way: 'code', userId, sessionId, ip })
      await parts.tell(login.session)
    } else watch.refused({ way: 'code', reason: login.reason, ip })
    return login
  }
}

/** A browser counts, and all the networks it is in. */
const countedFor = (kind: 'bound' | 'any', { browser, ip }: LoginTry): Counted[] => [
  { key: `login:${kind}:browser:${browserHash(browser)}`, rate: BY_BROWSER },
  ...ipNetworks(ip).map(({ network, share }) => ({
    key: `login:${kind}:ip:${network}`,
    rate: { limit: NETWORK_LIMIT * share, windowMs: HOUR_MS },
  })),
]

/** As many digits as a code has, full-width ones, spaces and dashes between them included. */
const readCode = (text: string): string | undefined => {
  if (text.length > 40) return undefined
  const digits = text.normalize('NFKC').replace(/[\s-]/g, '')
  if (!/^\d+$/.test(digits)) return undefined
  const { bound, unbound } = CODE_DIGITS
  return digits.length === bound || digits.length === unbound ? digits : undefined
}
