import { createHash } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { ipNetwork } from '../base/ip-network.ts'
import type { Tries } from '../base/tries.ts'
import { browserHash } from './browser.ts'
import type { LoginWatch, TellLogin } from './login-watch.ts'
import type { Session, Sessions } from './sessions.ts'
import type { Users } from './user.ts'

/**
 * wrong-state: not asked for by this browser, used, or too late · wrong-code: WeChat does not take the code (any more) ·
 * snapshot: not a person, but WeChat's look at the page; the user has to allow it fully · stranger: nobody whom the
 * account has met, or who may log in · unreachable: WeChat gave no usable answer, trying again may help.
 */
export type OauthLogin =
  | { ok: true; token: string; session: Session }
  | { ok: false; reason: 'wrong-state' | 'wrong-code' | 'snapshot' | 'stranger' | 'unreachable' }

/** One tap inside WeChat. Only verified service accounts have it. */
export type LoginByOauth = {
  isOffered(): boolean
  /** The address to send the browser to; WeChat sends it back to `redirectUri` with `code` and `state`. */
  begin(by: {
    browser: string
    ip: string
    redirectUri: string
  }): Promise<{ ok: true; url: string } | { ok: false; reason: 'too-many'; retryAfterMs: number }>
  finish(back: OauthBack): Promise<OauthLogin>
}

/** `session`: the token of the login this browser had before. */
export type OauthBack = {
  code: string
  state: string
  browser: string
  session?: string | undefined
  ip: string
  userAgent: string
}

/** What was sent to WeChat and has to come back, kept by hashes. */
export type OauthStates = {
  add(state: { stateHash: string; browserHash: string; expiresAt: number }): Promise<void>
  /** True once, for the browser that asked, until it expires. */
  use(stateHash: string, browserHash: string, now: number): Promise<boolean>
}

/** WeChat's side of it. `openidOf` never rejects. */
export type OauthGate = {
  isOpen(): boolean
  authorizeUrl(state: string, redirectUri: string): string
  openidOf(
    code: string,
  ): Promise<{ ok: true; openid: string } | { ok: false; reason: 'wrong-code' | 'snapshot' | 'unreachable' }>
}

const STATE_MS = 5 * 60_000
const FROM_ONE_NETWORK = { limit: 200, windowMs: 3_600_000 }
const STATE = /^[0-9a-f]{64}$/

export const createLoginByOauth = (parts: {
  gate: OauthGate
  states: OauthStates
  users: Pick<Users, 'findByOpenid'>
  sessions: Pick<Sessions, 'open'>
  tries: Pick<Tries, 'take'>
  watch: LoginWatch
  tell: TellLogin
  randomBytes: (size: number) => Uint8Array
  clock: Pick<Clock, 'now'>
}): LoginByOauth => {
  const { gate, states, clock, watch } = parts

  const logIn = async (back: OauthBack): Promise<OauthLogin> => {
    const { code, state, userAgent } = back
    const hash = browserHash(back.browser)
    // Before WeChat is asked: a code that somebody slipped into this browser is not even looked at.
    if (!STATE.test(state) || !(await states.use(hashOf(state), hash, clock.now())))
      return { ok: false, reason: 'wrong-state' }
    const exchanged = await gate.openidOf(code)
    if (!exchanged.ok) return exchanged
    const user = await parts.users.findByOpenid(exchanged.openid)
    const by = { userAgent, browserHash: hash, replaces: back.session }
    const opened = user && (await parts.sessions.open(user.id, by, clock.now()))
    return opened ? { ok: true, ...opened } : { ok: false, reason: 'stranger' }
  }

  return {
    isOffered: gate.isOpen,

    async begin({ browser, ip, redirectUri }) {
      const allowed = await parts.tries.take(`oauth:${ipNetwork(ip)}`, FROM_ONE_NETWORK)
      if (!allowed.ok) return { ok: false, reason: 'too-many', retryAfterMs: allowed.retryAfterMs }
      const state = Buffer.from(parts.randomBytes(32)).toString('hex')
      const expiresAt = clock.now() + STATE_MS
      await states.add({ stateHash: hashOf(state), browserHash: browserHash(browser), expiresAt })
      return { ok: true, url: gate.authorizeUrl(state, redirectUri) }
    },

    async finish(back) {
      const login = await logIn(back)
      const { ip } = back
      if (login.ok) {
        const { id: sessionId, userId } = login.session
        watch.loggedIn({ way: 'tap', userId, sessionId, ip })
        await parts.tell(login.session)
      } else watch.refused({ way: 'tap', reason: login.reason, ip })
      return login
    },
  }
}

const hashOf = (state: string): string => createHash('sha256').update(state).digest('base64url')
