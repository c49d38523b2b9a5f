import type { Clock } from '../base/clock.ts'
import { ipNetwork } from '../base/ip-network.ts'
import { type Counted, giveAllBack, type Tries, takeAll } from '../base/tries.ts'
import { browserHash } from './browser.ts'
import type { LoginCodes } from './login-codes.ts'
import type { Session, Sessions } from './sessions.ts'

/** `browser`: the value of its cookie, see browser.ts. `ip`: whoever really asks, not the proxy. */
export type LoginTry = { code: string; browser: string; ip: string; userAgent: string }

/**
 * wrong: no such code, used, or for another browser · expired: it was right, but too late; outside both may sound the same ·
 * too-many-tries: by this browser or from this address, nothing was tried.
 */
export type Login =
  | { ok: true; token: string; session: Session }
  | { ok: false; reason: 'wrong' | 'expired' }
  | { ok: false; reason: 'too-many-tries'; retryAfterMs: number }

/** While wrong codes pile up over the whole service it answers seconds later than usual. */
export type LoginByCode = (attempt: LoginTry) => Promise<Login>

const HOUR_MS = 3_600_000
const BY_BROWSER = { limit: 5, windowMs: HOUR_MS }
const BY_NETWORK = { limit: 20, windowMs: HOUR_MS }
/** So many wrong codes in an hour are no longer mistakes; yet nobody is refused for what others do. */
const BY_ALL: Counted = { key: 'login:all', rate: { limit: 200, windowMs: HOUR_MS } }
const SLOW_MS = { least: 1000, most: 3000 }

export const createLoginByCode = (parts: {
  codes: Pick<LoginCodes, 'use'>
  sessions: Pick<Sessions, 'open'>
  tries: Tries
  clock: Clock
  /** From 0 up to 1. */
  random: () => number
}): LoginByCode => {
  const { tries, clock } = parts

  const slowDown = async (): Promise<void> => {
    const { least, most } = SLOW_MS
    await clock.sleep(least + Math.floor(parts.random() * (most - least)))
  }

  const login = async (code: string, { browser, userAgent }: LoginTry): Promise<Login> => {
    const used = await parts.codes.use(code, browserHash(browser))
    if (!used.ok) return used
    const opened = await parts.sessions.open(used.userId, { userAgent }, clock.now())
    // Blocked or gone since the code was given.
    return opened ? { ok: true, ...opened } : { ok: false, reason: 'wrong' }
  }

  return async (attempt) => {
    const code = readCode(attempt.code)
    if (code === undefined) return { ok: false, reason: 'wrong' }
    const mine: Counted[] = [
      { key: `login:browser:${browserHash(attempt.browser)}`, rate: BY_BROWSER },
      { key: `login:ip:${ipNetwork(attempt.ip)}`, rate: BY_NETWORK },
    ]
    const allowed = await takeAll(tries, mine)
    if (!allowed.ok) return { ok: false, reason: 'too-many-tries', retryAfterMs: allowed.retryAfterMs }
    const calm = await tries.take(BY_ALL.key, BY_ALL.rate)
    if (!calm.ok) await slowDown()
    const result = await login(code, attempt)
    if (result.ok) await giveAllBack(tries, calm.ok ? [...mine, BY_ALL] : mine)
    return result
  }
}

/** Six digits, full-width ones and spaces between them included. */
const readCode = (text: string): string | undefined => {
  if (text.length > 40) return undefined
  const digits = text.normalize('NFKC').replace(/[\s-]/g, '')
  return /^\d{6}$/.test(digits) ? digits : undefined
}
