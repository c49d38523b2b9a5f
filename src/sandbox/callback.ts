import type { Clock } from '../base/clock.ts'
import type { Account, Mode, Random } from './account.ts'
import { type Read, readReply, type Verdict } from './reply.ts'
import { createEnvelope, type Fields, signatureOf, toXml } from './wire.ts'
import type { WireLog } from './wire-log.ts'

/** One request of a delivery and what came of it. `unreachable`: no connection, or it broke before the answer. */
export type Try = (Verdict | { outcome: 'cut' } | { outcome: 'unreachable' }) & { tookMs: number }

export type Timings = {
  /** How long one request stays open. */
  cutMs: number
  /** Requests in all for one message. */
  maxRequests: number
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

export type CallbackOptions = {
  account: Account
  clock: Clock
  random: Random
  fetch: Fetch
  timings: Timings
  wire: WireLog
  mode(): Mode
  url(): string
}

/** Posts messages to the account's server URL as WeChat does. */
export const createCallback = (options: CallbackOptions) => {
  const { account, clock, random, timings, wire } = options
  const envelope = createEnvelope(account, random)

  const signedUrl = (extra: Record<string, string>, timestamp: string, nonce: string): string => {
    const url = new URL(options.url())
    const query = { signature: signatureOf(account.token, timestamp, nonce), timestamp, nonce, ...extra }
    for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value)
    return url.href
  }

  const stamp = () => ({
    timestamp: String(Math.floor(clock.now() / 1000)),
    nonce: String(random(4).readUInt32BE()),
  })

  /** Each request is signed and sealed anew: whether a real retry keeps its nonce is not known. */
  const prepare = (openid: string, fields: Fields) => {
    const { timestamp, nonce } = stamp()
    const plain = toXml(fields)
    const mode = options.mode()
    if (mode === 'plain') return { url: signedUrl({ openid }, timestamp, nonce), body: plain, plain, mode }
    const Encrypt = envelope.seal(plain)
    const msg_signature = signatureOf(account.token, timestamp, nonce, Encrypt)
    const url = signedUrl({ openid, encrypt_type: 'aes', msg_signature }, timestamp, nonce)
    const body = toXml(mode === 'secure' ? { ToUserName: account.ghId, Encrypt } : { ...fields, Encrypt })
    return { url, body, plain, mode }
  }

  /** One request. Resolves with `cut` when no whole answer came within `openMs`. */
  const request = async (openid: string, fields: Fields, attempt: number, openMs: number): Promise<Try> => {
    const startedAt = clock.now()
    const { url, body, plain, mode } = prepare(openid, fields)
    const event = fields.MsgType === 'event'
    const what = `callback ${fields.MsgType}${fields.Event ? ` ${fields.Event}` : ''}, request ${attempt}`
    const subject = String(event ? fields.Event : fields.MsgType)
    const note = { kind: event ? ('event' as const) : ('message' as const), subject, attempt }
    const sealed = mode === 'plain' ? {} : { cipher: body }
    wire.add({ direction: 'to-app', ...note, what, url, plain, ...sealed })
    const cut = new AbortController()
    const over = new AbortController()
    void clock.sleep(openMs, over.signal).then(() => over.signal.aborted || cut.abort())
    const done = (
      read: Omit<Read, 'verdict'> & { status?: number },
      result: Verdict | { outcome: 'cut' } | { outcome: 'unreachable' },
    ): Try => {
      const tookMs = clock.now() - startedAt
      const outcome = result.outcome === 'invalid' ? `invalid (${result.reason})` : result.outcome
      const failed =
        result.outcome === 'reply' || result.outcome === 'silent' ? {} : { failed: true as const }
      const came = { what: `${what}: ${outcome}`, outcome, tookMs, ...failed, ...read }
      wire.add({ direction: 'from-app', ...note, ...came })
      return { ...result, tookMs }
    }
    try {
      const headers = { 'content-type': 'text/xml', 'user-agent': 'Mozilla/4.0', accept: '*/*' }
      const init: RequestInit = { method: 'POST', headers, body, signal: cut.signal, redirect: 'manual' }
      const response = await options.fetch(url, init)
      const answer = { status: response.status, body: await response.bytes() }
      const asked = { openid, event }
      const { verdict, ...read } = await readReply(answer, asked, { account, mode, envelope })
      return done({ status: answer.status, ...read }, verdict)
    } catch {
      return done({ plain: '' }, { outcome: cut.signal.aborted ? 'cut' : 'unreachable' })
    } finally {
      over.abort()
    }
  }

  const answered = (result: Try): boolean => result.outcome !== 'cut' && result.outcome !== 'unreachable'

  /** Any answer, even an invalid one, ends the retries; only silence is asked again. */
  const inTurn = async (ask: (n: number, openMs: number) => Promise<Try>): Promise<Try[]> => {
    const tries: Try[] = []
    while (tries.length < timings.maxRequests) {
      const result = await ask(tries.length + 1, timings.cutMs)
      tries.push(result)
      if (answered(result)) break
    }
    return tries
  }

  /** Sends the next request on time but leaves the earlier ones open until the whole delivery is over. */
  const overlapping = async (ask: (n: number, openMs: number) => Promise<Try>): Promise<Try[]> => {
    const enough = new AbortController()
    const open: Promise<Try>[] = []
    for (let n = 1; n <= timings.maxRequests && !enough.signal.aborted; n += 1) {
      open.push(
        ask(n, timings.cutMs * (timings.maxRequests - n + 1)).then((result) => {
          if (answered(result)) enough.abort()
          return result
        }),
      )
      if (n < timings.maxRequests) await clock.sleep(timings.cutMs, enough.signal)
    }
    return Promise.all(open)
  }

  return {
    /** Delivers one message or event; `onTry` hears of each request as it ends. */
    deliver(openid: string, fields: Fields, overlap: boolean, onTry: (result: Try) => void): Promise<Try[]> {
      const ask = async (n: number, openMs: number) => {
        const result = await request(openid, fields, n, openMs)
        onTry(result)
        return result
      }
      return overlap ? overlapping(ask) : inTurn(ask)
    },

    /** The settings page's check of the server URL: the answer must be `echostr`, byte for byte. */
    async checkUrl(): Promise<{ ok: boolean; status: number; body: string }> {
      const { timestamp, nonce } = stamp()
      const echostr = String(random(8).readBigUInt64BE())
      const url = signedUrl({ echostr }, timestamp, nonce)
      const startedAt = clock.now()
      const note = { kind: 'check' as const, subject: 'echostr' }
      wire.add({ direction: 'to-app', ...note, what: 'server URL check', url, plain: echostr })
      const response = await options.fetch(url, { method: 'GET', redirect: 'manual' })
      const { status } = response
      const body = await response.text()
      const ok = status === 200 && body === echostr
      const came = { status, tookMs: clock.now() - startedAt, ...(ok ? {} : { failed: true as const }) }
      wire.add({ direction: 'from-app', ...note, what: `server URL check: ${status}`, ...came, plain: body })
      return { ok, status, body }
    },
  }
}
