import express, { type ErrorRequestHandler, type Request, type Response, Router } from 'express'
import type { Clock } from '../base/clock.ts'
import { type Log, maskOpenId } from '../base/log.ts'
import { isStoreAway, StoreStuckError } from '../base/store-stuck-error.ts'
import { REPLY_SENT } from '../conversation/incoming.ts'
import type { Meters } from '../conversation/meters.ts'
import type { Trunk } from '../conversation/trunk.ts'
import type { Callback, Received } from '../wechat/callback.ts'
import { type ReplyBody, SUCCESS } from '../wechat/reply.ts'
import { grantsOf, saidOf } from './said.ts'

export type WechatDoorParts = {
  callback: Callback
  trunk: Trunk
  clock: Clock
  log: Log
  meters: Pick<Meters, 'callback'>
  replyBudgetMs: number
}

const MAX_BODY_BYTES = 64 * 1024
/** As web servers log a client that went away. */
const HUNG_UP = 499
/** For the meters: silence that was not meant. */
const STORE_AWAY = 503
/** WeChat hangs up then, and sends the message again. */
const WECHAT_WAITS_MS = 5000

/** Whether a callback is left without an answer on purpose. */
type Hanging = { isMeant: boolean }
/** Longer ids than WeChat's are none of WeChat's; the database has room for these. */
const MAX_ACCOUNT_CHARS = 64
const MAX_OPENID_CHARS = 128

/**
 * `/wechat/callback`: the Official Account's server URL. Always ends within the time WeChat gives. Where a store is gone
 * or stands still the door stays silent and hangs up, so that WeChat sends the message again; a fault of ours is 503.
 */
export const wechatDoor = (parts: WechatDoorParts): Router => {
  const { callback, trunk, clock, log } = parts
  const router = Router()

  router.get('/wechat/callback', (req, res) => {
    const echo = callback.checkUrl(req.query)
    if (echo !== undefined) return send(res, 200, { contentType: 'text/plain; charset=utf-8', body: echo })
    log.warn({ status: 403, reason: 'wrong signature' }, 'a URL check was refused')
    send(res, 403)
  })

  const arrive = (_req: Request, res: Response, next: () => void) => {
    const arrivedAt = clock.now()
    res.locals.arrivedAt = arrivedAt
    // A callback that was left to time out has no status of its own.
    res.once('close', () => {
      const status = res.headersSent ? res.statusCode : (res.locals.failed ?? HUNG_UP)
      parts.meters.callback(status, (clock.now() - arrivedAt) / 1000)
    })
    next()
  }
  // WeChat says text/xml; the bytes are what is signed, so no body is decoded by its type, none inflated.
  const readBody = express.raw({ type: () => true, limit: MAX_BODY_BYTES, inflate: false })

  router.post('/wechat/callback', arrive, readBody, async (req, res) => {
    const body: unknown = req.body
    const received = callback.receive(req.query, Buffer.isBuffer(body) ? body : Buffer.alloc(0))
    if (!received.ok) {
      log.warn({ status: received.status, reason: received.reason }, 'a callback was refused')
      return send(res, received.status)
    }
    if (tooLong(received)) {
      log.warn({ status: 400, reason: 'ids are too long' }, 'a callback was refused')
      return send(res, 400)
    }
    const gone = new AbortController()
    const hanging = { isMeant: false }
    res.once('close', () => gone.abort(res.writableFinished ? REPLY_SENT : undefined))
    try {
      const reply = await beforeWechatLeaves(
        replyTo(received, Number(res.locals.arrivedAt), hanging, gone.signal),
        Number(res.locals.arrivedAt),
        hanging,
      )
      // No answer is an answer too: WeChat hangs up and sends the message again.
      if (reply === 'hang') res.destroy()
      else send(res, 200, reply)
    } catch (err) {
      const openid = maskOpenId(received.inbound.openid)
      log.error({ err, openid }, 'a message was not taken, WeChat will send it again')
      // A fault of ours, which no store's return mends.
      if (!isStoreAway(err)) return send(res, 503)
      // Only silence is sure to be asked again. The later it ends, the longer the store has to come back.
      res.locals.failed = STORE_AWAY
      await untilLatest(Number(res.locals.arrivedAt), gone.signal)
      res.destroy()
    }
  })

  /** The door closes at the budget; of what is left then, half is for closing it, half for the way back. */
  const latestMs = parts.replyBudgetMs + (WECHAT_WAITS_MS - parts.replyBudgetMs) / 2

  const untilLatest = (arrivedAt: number, signal: AbortSignal) =>
    clock.sleep(Math.max(0, arrivedAt + latestMs - clock.now()), signal)

  /** What the work comes to after that is for the next callback of the message. */
  const beforeWechatLeaves = async <T>(work: Promise<T>, arrivedAt: number, hanging: Hanging): Promise<T> => {
    const timer = new AbortController()
    const late = untilLatest(arrivedAt, timer.signal).then(() => {
      // Then it is WeChat that is to hang up.
      if (hanging.isMeant) return work
      throw new StoreStuckError('it was not done when WeChat was about to hang up')
    })
    try {
      return await Promise.race([work, late])
    } finally {
      timer.abort()
    }
  }

  const replyTo = async (
    { inbound, dedupKey, reply }: Received,
    arrivedAt: number,
    hanging: Hanging,
    gone: AbortSignal,
  ): Promise<ReplyBody | 'hang'> => {
    const said = saidOf(inbound.message)
    // Not ours to answer, and nothing to remember.
    if (said.kind === 'other') return SUCCESS
    const answer = await trunk.receive({
      person: { account: inbound.account, openid: inbound.openid },
      messageKey: dedupKey,
      said,
      receivedAt: arrivedAt,
      doorClosesAt: arrivedAt + parts.replyBudgetMs,
      ...grantsOf(inbound.message),
      hangs: () => {
        hanging.isMeant = true
      },
      gone,
    })
    if (answer.kind === 'hang') return 'hang'
    return answer.kind === 'text' ? reply(answer.text) : SUCCESS
  }

  const refuseBody: ErrorRequestHandler = (err, _req, res, next) => {
    const status: unknown = err?.status
    if (typeof status !== 'number' || status < 400 || status > 499 || res.headersSent) return next(err)
    log.warn({ status, reason: String(err?.type ?? 'unreadable body') }, 'a callback was refused')
    send(res, status)
  }
  router.use('/wechat/callback', refuseBody)
  return router
}

const tooLong = ({ inbound }: Received): boolean =>
  inbound.account.length > MAX_ACCOUNT_CHARS || inbound.openid.length > MAX_OPENID_CHARS

/** The plain way out: express's `send` would hash every body for an ETag nobody asks for. */
const send = (res: Response, status: number, reply?: ReplyBody): void => {
  const body = reply?.body ?? ''
  res.writeHead(status, {
    'content-type': reply?.contentType ?? 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  })
  res.end(body)
}
