import type { Clock } from '../base/clock.ts'
import { ipNetwork } from '../base/ip-network.ts'
import type { Tries } from '../base/tries.ts'
import { browserHash, isOfBrowser } from './browser.ts'

/**
 * scene: a QR code made for this ticket; whoever scans it is sent a code for this browser alone · account: the account's
 * own QR code, after which one sends 「登录」.
 */
export type TicketKind = 'scene' | 'account'

/** A browser's wish to log in. */
export type LoginTicket = {
  /** `lgn_` and 22 characters. */
  ticket: string
  browserHash: string
  /** What its QR code says; those of kind `account` have none. */
  scene: string | undefined
  kind: TicketKind
  createdAt: number
  /** From then on it is over. */
  expiresAt: number
  /** When somebody first scanned it, and who did last. */
  scannedAt: number | undefined
  userId: string | undefined
}

export type NewTicket =
  | {
      ok: true
      ticket: string
      kind: TicketKind
      /** Address of a picture; null where the operator has named none. */
      qrUrl: string | null
      expiresAt: number
    }
  | { ok: false; reason: 'too-many'; retryAfterMs: number }

export type LoginTickets = {
  /** `browser`: the value of its cookie, see browser.ts. `ip`: whoever asks too often from one address has to wait. */
  open(by: { browser: string; ip: string }): Promise<NewTicket>
  /** Also an expired one, for a while. Undefined when there is none, or another browser asked for it. */
  find(ticket: string, browser: string): Promise<LoginTicket | undefined>
  /** Notes that a user scanned the QR code, or followed by it. Undefined unless a live ticket has this scene. */
  scanned(scene: string, userId: string): Promise<LoginTicket | undefined>
}

export type LoginTicketStore = {
  add(ticket: LoginTicket): Promise<void>
  find(ticket: string): Promise<LoginTicket | undefined>
  /** The live ticket with this scene, scanned first at `now` unless it was before. */
  scanned(scene: string, userId: string, now: number): Promise<LoginTicket | undefined>
}

/** A picture of a QR code that says `scene`; undefined where there can be none at the moment. Never rejects. */
export type MakeSceneQr = (scene: string, expireSeconds: number) => Promise<string | undefined>

export const TICKET_MS = 5 * 60_000
/** Each asks WeChat for a QR code, of which it gives 100,000 a day. A school behind one address logs in all the same. */
const FROM_ONE_NETWORK = { limit: 200, windowMs: 3_600_000 }
const TICKET = /^lgn_[\w-]{22}$/
const SCENE = /^lgn-[\w-]{22}$/

/** Whether a scene is one of a ticket, live or not. */
export const isLoginScene = (scene: string): boolean => SCENE.test(scene)

export const createLoginTickets = (parts: {
  store: LoginTicketStore
  makeSceneQr: MakeSceneQr
  /** A picture of the account's own QR code. */
  accountQrUrl: string | undefined
  tries: Pick<Tries, 'take'>
  randomBytes: (size: number) => Uint8Array
  clock: Pick<Clock, 'now'>
}): LoginTickets => {
  const { store, clock } = parts
  const random = () => Buffer.from(parts.randomBytes(16)).toString('base64url')

  return {
    async open({ browser, ip }) {
      const allowed = await parts.tries.take(`ticket:${ipNetwork(ip)}`, FROM_ONE_NETWORK)
      if (!allowed.ok) return { ok: false, reason: 'too-many', retryAfterMs: allowed.retryAfterMs }
      const now = clock.now()
      const ticket = `lgn_${random()}`
      // Another random name: the ticket is the browser's own, the scene is for everybody who sees its screen.
      const scene = `lgn-${random()}`
      const picture = await parts.makeSceneQr(scene, TICKET_MS / 1000)
      const kind = picture === undefined ? 'account' : 'scene'
      const expiresAt = now + TICKET_MS
      await store.add({
        ...{ ticket, browserHash: browserHash(browser), kind, createdAt: now, expiresAt },
        ...{ scene: kind === 'scene' ? scene : undefined, scannedAt: undefined, userId: undefined },
      })
      return { ok: true, ticket, kind, qrUrl: picture ?? parts.accountQrUrl ?? null, expiresAt }
    },

    async find(ticket, browser) {
      if (!TICKET.test(ticket)) return undefined
      const found = await store.find(ticket)
      return found && isOfBrowser(found.browserHash, browser) ? found : undefined
    },

    async scanned(scene, userId) {
      return isLoginScene(scene) ? store.scanned(scene, userId, clock.now()) : undefined
    },
  }
}
