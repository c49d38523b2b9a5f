import type { Clock } from '../base/clock.ts'
import { createAccessTokens } from './access-tokens.ts'
import type { Account, AccountKind, Mode, Random } from './account.ts'
import { renew, type Trigger } from './allowance.ts'
import { type ApiAnswer, type ApiRequest, createApi, type Fault } from './api.ts'
import { createCallback, type Fetch, type Timings, type Try } from './callback.ts'
import { type Change, createChanges } from './changes.ts'
import { createCustomMenu } from './custom-menu.ts'
import { createCustomerMessages } from './customer-messages.ts'
import { createFollowers } from './followers.ts'
import { type Authorized, createOauth } from './oauth.ts'
import { CUT_MS, FAULT_NOTICE, MAX_REQUESTS } from './rules.ts'
import { createSceneTickets, type Ticket, ticketPicture } from './scene-tickets.ts'
import type { Phone, PhoneMessage, Refused, Settings, WireEntry } from './shown.ts'
import type { Fields } from './wire.ts'
import { createWireLog } from './wire-log.ts'

export type PlatformOptions = {
  account: Account
  kind: AccountKind
  mode: Mode
  callbackUrl: string
  clock: Clock
  random: Random
  fetch: Fetch
  timings?: Partial<Timings>
  /** How long what went over the wire is shown; undefined: until newer messages push it out. */
  keepWireMs?: number | undefined
}

/** `overlap`: retries are sent while the earlier requests are still open. */
export type ActOptions = { overlap?: boolean }

/** `msgId`: to repeat one; `menuTap`: the id of the tapped bizmsgmenu link, which makes it a menu click for the quota. */
export type SendOptions = ActOptions & { msgId?: string; menuTap?: string }

/** What came of a user's act. */
export type Outcome = {
  /** The act was impossible, and nothing was sent. */
  refused?: Refused
  msgId?: string
  /** Requests that reached out to the account's server. */
  attempts: number
  tries: Try[]
  /** A reply was shown on the phone. */
  replied: boolean
  /** The system notice about a faulty account was shown. */
  notice: boolean
}

/** The WeChat servers for one Official Account, in memory, with the phones of its users. */
export type Platform = {
  account: Account
  send(openid: string, text: string, options?: SendOptions): Promise<Outcome>
  /** Any message: `MsgType` and its own fields; the common ones are added. */
  sendMessage(openid: string, fields: Fields, options?: SendOptions): Promise<Outcome>
  /** Any event: `Event` and its own fields. Changes no state and grants no allowance. */
  sendEvent(openid: string, fields: Fields, options?: ActOptions): Promise<Outcome>
  follow(openid: string, scene?: string, options?: ActOptions): Promise<Outcome>
  unfollow(openid: string, options?: ActOptions): Promise<Outcome>
  /**
   * By ticket, by the address inside the QR code, or the account's own by its id. Follows first when the user does not follow
   * yet.
   */
  scan(openid: string, ticket: string, options?: ActOptions): Promise<Outcome>
  tapMenu(openid: string, key: string, options?: ActOptions): Promise<Outcome>
  checkUrl(): Promise<{ ok: boolean; status: number; body: string }>

  api(request: ApiRequest): ApiAnswer
  /** An SVG picture, or undefined for a ticket that is unknown or expired. */
  showQrCode(ticket: string): string | undefined
  /** An SVG picture of the account's own; whoever scans it follows. */
  accountQrCode(): string
  /** One tap in WeChat's own browser: `query` as open.weixin.qq.com takes it, on the phone of `openid`. */
  authorize(query: unknown, openid: string, snapshot?: boolean): Authorized

  phone(openid: string): Phone
  /** The first bubble, shown already or still to come, that matches. */
  waitFor(openid: string, matches: (message: PhoneMessage) => boolean): Promise<PhoneMessage>
  wire(): WireEntry[]
  /** Hears of every change of a phone and of the wire log, not of a typing sign that ran out. Returns how to stop. */
  watch(watcher: (change: Change) => void): () => void
  settings(): Settings

  failNext(path: string, fault: Fault, times?: number): void
  expireTokens(): void
  setKind(kind: AccountKind): void
  setMode(mode: Mode): void
  setCallbackUrl(url: string): void
}

const NOTHING_SENT: Outcome = { attempts: 0, tries: [], replied: false, notice: false }

/** How a phone shows what its owner sent. */
const ownBubble = (fields: Fields): string => {
  const part = (name: string) => (typeof fields[name] === 'string' ? fields[name] : '')
  const text = [part('Content'), part('Label'), part('Title'), part('Url')].filter(Boolean).join(' ')
  return fields.MsgType === 'text' ? text : `[${String(fields.MsgType)}] ${text}`.trimEnd()
}

export const createPlatform = (options: PlatformOptions): Platform => {
  const { account, clock, random } = options
  let { kind, mode, callbackUrl } = options
  const timings = { cutMs: CUT_MS, maxRequests: MAX_REQUESTS, ...options.timings }
  const changes = createChanges()
  const wire = createWireLog(clock, account, changes, options.keepWireMs)
  const followers = createFollowers(clock, changes)
  const tokens = createAccessTokens(account, clock, random)
  const tickets = createSceneTickets(clock, random)
  const messages = createCustomerMessages(followers, clock)
  const oauth = createOauth({ account, clock, random, kind: () => kind })
  const api = createApi({
    kind: () => kind,
    tokens,
    messages,
    tickets,
    menu: createCustomMenu(),
    oauth,
    random,
    wire,
  })
  const callback = createCallback({
    ...{ account, clock, random, fetch: options.fetch, timings, wire },
    mode: () => mode,
    url: () => callbackUrl,
  })

  /** Delivers and puts on the phone what came back. WeChat shows an unfollower nothing. */
  const deliver = async (openid: string, fields: Fields, overlap = false): Promise<Outcome> => {
    let replied = false
    const follower = followers.meet(openid)
    const silentPhone = () => !follower.following
    followers.set(follower, { underWay: follower.underWay + 1 })
    const tries = await callback.deliver(openid, fields, overlap, (result) => {
      if (result.outcome !== 'reply' || replied || silentPhone()) return
      replied = true
      followers.show(openid, { from: 'account', ...result.message, via: 'reply' })
    })
    followers.set(follower, { underWay: follower.underWay - 1 })
    const accepted = tries.some(({ outcome }) => outcome === 'reply' || outcome === 'silent')
    const notice = !accepted && !silentPhone()
    if (notice) followers.show(openid, { from: 'system', kind: 'notice', text: FAULT_NOTICE })
    return { attempts: tries.length, tries, replied, notice }
  }

  const common = (openid: string) => ({
    ToUserName: account.ghId,
    FromUserName: openid,
    CreateTime: Math.floor(clock.now() / 1000),
  })

  const refuse = (refused: NonNullable<Outcome['refused']>): Outcome => ({ refused, ...NOTHING_SENT })

  const grant = (openid: string, trigger: Trigger) => {
    const follower = followers.meet(openid)
    follower.grants = renew(follower.grants, trigger, clock.now())
  }

  /** Nineteen digits and beyond 2^53, as real ones are. */
  const newMsgId = () => String((random(8).readBigUInt64BE() >> 2n) | (1n << 62n))

  const sendMessage: Platform['sendMessage'] = async (openid, fields, { msgId, menuTap, overlap } = {}) => {
    const follower = followers.meet(openid)
    if (!follower.following) return refuse('not-following')
    grant(openid, menuTap === undefined ? 'message' : 'menu')
    follower.lastMessageAt = clock.now()
    followers.show(openid, { from: 'user', kind: String(fields.MsgType), text: ownBubble(fields) })
    const id = msgId ?? newMsgId()
    const tapped = menuTap === undefined ? {} : { bizmsgmenuid: menuTap }
    const outcome = await deliver(
      openid,
      { ...common(openid), ...fields, MsgId: { raw: id }, ...tapped },
      overlap,
    )
    return { msgId: id, ...outcome }
  }

  const sendEvent: Platform['sendEvent'] = (openid, fields, { overlap } = {}) =>
    deliver(openid, { ...common(openid), MsgType: 'event', ...fields }, overlap)

  const subscribe = (openid: string, fields: Fields, options?: ActOptions) => {
    followers.set(followers.meet(openid), { following: true })
    followers.note(openid, { act: 'follow' })
    grant(openid, 'follow')
    return sendEvent(openid, { Event: 'subscribe', ...fields }, options)
  }

  return {
    account,
    send: (openid, text, options) => sendMessage(openid, { MsgType: 'text', Content: text }, options),
    sendMessage,
    sendEvent,
    follow: (openid, scene, options) =>
      subscribe(openid, { EventKey: scene === undefined ? '' : `qrscene_${scene}` }, options),
    unfollow(openid, options) {
      followers.set(followers.meet(openid), { following: false, grants: [] })
      followers.note(openid, { act: 'unfollow' })
      return sendEvent(openid, { Event: 'unsubscribe', EventKey: '' }, options)
    },
    async scan(openid, code, options) {
      // The account's own opens the chat, and tells the account of new followers alone.
      if (code === account.ghId)
        return followers.meet(openid).following ? NOTHING_SENT : subscribe(openid, { EventKey: '' }, options)
      const found: Ticket | undefined = tickets.find(code)
      if (!found) return refuse('unknown-ticket')
      if (!tickets.live(found)) return refuse('expired-ticket')
      const { scene, ticket: Ticket } = found
      followers.note(openid, { act: 'scan' })
      if (!followers.meet(openid).following) {
        return subscribe(openid, { EventKey: `qrscene_${scene}`, Ticket }, options)
      }
      grant(openid, 'scan')
      return sendEvent(openid, { Event: 'SCAN', EventKey: scene, Ticket }, options)
    },
    async tapMenu(openid, key, options) {
      if (!followers.meet(openid).following) return refuse('not-following')
      grant(openid, 'menu')
      followers.note(openid, { act: 'menu', key })
      return sendEvent(openid, { Event: 'CLICK', EventKey: key }, options)
    },
    checkUrl: callback.checkUrl,

    api: api.handle,
    showQrCode(code) {
      const found = tickets.find(code)
      return found && tickets.live(found) ? ticketPicture(found) : undefined
    },

    accountQrCode: () => ticketPicture({ ticket: account.ghId }),
    authorize: (query, openid, snapshot = false) => oauth.authorize(query, openid, snapshot),

    phone(openid) {
      const follower = followers.find(openid)
      const typing = follower ? clock.now() < follower.typingUntil : false
      return {
        openid,
        following: follower?.following ?? true,
        typing,
        waiting: (follower?.underWay ?? 0) > 0,
        messages: follower?.phone ?? [],
        acts: follower?.acts ?? [],
      }
    },
    waitFor: followers.waitFor,
    wire: wire.entries,
    watch: changes.watch,
    settings: () => ({ kind, mode, callbackUrl }),

    failNext: api.failNext,
    expireTokens: tokens.expireAll,
    setKind(next) {
      kind = next
    },
    setMode(next) {
      mode = next
    },
    setCallbackUrl(url) {
      callbackUrl = url
    },
  }
}
