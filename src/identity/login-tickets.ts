import type { Clock } from '../base/clock.ts'
import { ipNetworks } from '../base/ip-network.ts'
import { type Counted, type Tries, takeAll } from '../base/tries.ts'
import { browserHash, isOfBrowser } from './browser.ts'
import { shownUserAgent } from './device-of.ts'

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
  /** Digits that no other live ticket has: 「登录」 sent with them is for this browser. Undefined: there were too many. */
  mark: string | undefined
  /** As the browser named itself, cut to what can be shown. */
  userAgent: string
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
      /** Digits to be sent with 「登录」; null where there are none at the moment. */
      mark: string | null
      expiresAt: number
    }
  | { ok: false; reason: 'too-many'; retryAfterMs: number }

export type LoginTickets = {
  /** `browser`: the value of its cookie, see browser.ts. `ip`: whoever asks too often from one address has to wait. */
  open(by: { browser: string; ip: string; userAgent: string }): Promise<NewTicket>
  /** Also an expired one, for a while. Undefined when there is none, or another browser asked for it. */
  find(ticket: string, browser: string): Promise<LoginTicket | undefined>
  /** Notes that a user scanned the QR code, or followed by it. Undefined unless a live ticket has this scene. */
  scanned(scene: string, userId: string): Promise<LoginTicket | undefined>
  /** The same for the digits that a user sent along with 「登录」. */
  named(mark: string, userId: string): Promise<LoginTicket | undefined>
}

export type LoginTicketStore = {
  /** False when another live ticket has its mark. */
  add(ticket: LoginTicket): Promise<boolean>
  find(ticket: string): Promise<LoginTicket | undefined>
  /** The live ticket with this scene or mark, scanned first at `now` unless it was before. */
  scanned(
    by: { scene: string } | { mark: string },
    userId: string,
    now: number,
  ): Promise<LoginTicket | undefined>
}

/** A picture of a QR code that says `scene`; undefined where there can be none at the moment. Never rejects. */
export type MakeSceneQr = (scene: string, expireSeconds: number) => Promise<string | undefined>

export const TICKET_MS = 5 * 60_000
const MINUTE_MS = 60_000
/** A school behind one address logs in all the same. */
const FROM_ONE_NETWORK = 200
/**
 * WeChat makes 100,000 QR codes a day for an account, and other things want some. Two of our days may fall into one of
 * WeChat's. Beyond it the account's own picture and 「登录」 with two digits do as well.
 */
const QR_BUDGET: Counted[] = [
  { key: 'qr:minute', rate: { limit: 300, windowMs: MINUTE_MS } },
  { key: 'qr:hour', rate: { limit: 5000, windowMs: 60 * MINUTE_MS } },
  { key: 'qr:day', rate: { limit: 45_000, windowMs: 24 * 60 * MINUTE_MS } },
]
/** how long the marks are that are tried: the more are in use, the longer. */
const MARK_DIGITS = [2, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5]
const MARK = /^\d{2,5}$/
const TICKET = /^lgn_[\w-]{22}$/
const SCENE = /^lgn-[\w-]{22}$/

/** Whether a scene is one of a ticket, live or not. */
export const isLoginScene = (scene: string): boolean => SCENE.test(scene)

export const createLoginTickets = (parts: {
  store: LoginTicketStore
  makeSceneQr: MakeSceneQr
  /** A picture of the account's own QR code, if there is one. */
  accountQrUrl(): Promise<string | undefined>
  tries: Tries
  randomBytes: (size: number) => Uint8Array
  clock: Pick<Clock, 'now'>
}): LoginTickets => {
  const { store, clock } = parts
  const random = () => Buffer.from(parts.randomBytes(16)).toString('base64url')

  /** With a mark that is free, if one can be found. */
  const keep = async (ticket: Omit<LoginTicket, 'mark'>): Promise<string | undefined> => {
    for (const digits of MARK_DIGITS) {
      const mark = digitsFrom(parts.randomBytes(6), digits)
      if (await store.add({ ...ticket, mark })) return mark
    }
    await store.add({ ...ticket, mark: undefined })
    return undefined
  }

  return {
    async open({ browser, ip, userAgent }) {
      const allowed = await takeAll(
        parts.tries,
        ipNetworks(ip).map(({ network, share }) => ({
          key: `ticket:${network}`,
          rate: { limit: FROM_ONE_NETWORK * share, windowMs: 60 * MINUTE_MS },
        })),
      )
      if (!allowed.ok) return { ok: false, reason: 'too-many', retryAfterMs: allowed.retryAfterMs }
      const now = clock.now()
      const ticket = `lgn_${random()}`
      // Another random name: the ticket is the browser's own, the scene is for everybody who sees its screen.
      const scene = `lgn-${random()}`
      const picture = (await takeAll(parts.tries, QR_BUDGET)).ok
        ? await parts.makeSceneQr(scene, TICKET_MS / 1000)
        : undefined
      const kind = picture === undefined ? 'account' : 'scene'
      const expiresAt = now + TICKET_MS
      const mark = await keep({
        ticket,
        browserHash: browserHash(browser),
        scene: kind === 'scene' ? scene : undefined,
        userAgent: shownUserAgent(userAgent),
        kind,
        createdAt: now,
        expiresAt,
        scannedAt: undefined,
        userId: undefined,
      })
      const qrUrl = picture ?? (await parts.accountQrUrl()) ?? null
      return { ok: true, ticket, kind, qrUrl, mark: mark ?? null, expiresAt }
    },

    async find(ticket, browser) {
      if (!TICKET.test(ticket)) return undefined
      const found = await store.find(ticket)
      return found && isOfBrowser(found.browserHash, browser) ? found : undefined
    },

    async scanned(scene, userId) {
      return isLoginScene(scene) ? store.scanned({ scene }, userId, clock.now()) : undefined
    },

    async named(mark, userId) {
      return MARK.test(mark) ? store.scanned({ mark }, userId, clock.now()) : undefined
    },
  }
}

const digitsFrom = (bytes: Uint8Array, digits: number): string =>
  String(Buffer.from(bytes).readUIntBE(0, 6) % 10 ** digits).padStart(digits, '0')
