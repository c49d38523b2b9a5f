import express, { type Request, type Response, Router } from 'express'
import type { z } from 'zod'
import type { Clock } from '../../base/clock.ts'
import type { Ids } from '../../base/ids.ts'
import { ipNetwork } from '../../base/ip-network.ts'
import type { Log } from '../../base/log.ts'
import { isStoreAway } from '../../base/store-stuck-error.ts'
import type { RateLimits } from '../../conversation/rate-limits.ts'
import { isBrowser } from '../../identity/browser.ts'
import type { PersonHash } from '../../identity/person-hash.ts'
import { isFreshLogin, type Session, type Sessions } from '../../identity/sessions.ts'
import type { User, Users } from '../../identity/user.ts'
import { LIMITS } from '../contract.ts'
import type { ProxyAdvice } from '../proxy-advice.ts'
import { type Cookies, FORGET_SESSION } from './cookies.ts'
import { createOpenStreams } from './open-streams.ts'
import { isForeign, isLikelyOurs } from './origin.ts'
import type { ProblemTexts, Refused } from './problems.ts'
import type { Answer, Cookie, Route, Visitor } from './route.ts'
import { cookiesOf, send, sendRefused } from './send-answer.ts'

export type MountParts = {
  sessions: Pick<Sessions, 'find'>
  users: Pick<Users, 'findById'>
  limits: Pick<RateLimits, 'take'>
  /** By what they count a person. */
  limitKey: PersonHash['limitKey']
  cookies: Cookies
  /** Where users reach the page. */
  publicUrl: string
  texts: ProblemTexts
  /** Aborts when the service is closing: streams end then. */
  closing: AbortSignal
  advice: ProxyAdvice
  clock: Clock
  ids: Pick<Ids, 'next'>
  log: Log
}

const MINUTE_MS = 60_000

const STORE_AWAY: Refused = { code: 'store-stuck', retryAfterMs: 5000 }

/** Each route behind its guards, in this order: session, origin, fresh login, limit, schema. What fails first, answers. */
export const mountRoutes = (routes: readonly Route[], parts: MountParts): Router => {
  const router = Router()
  const json = express.json({ limit: LIMITS.bodyBytes, strict: true })
  const streams = createOpenStreams()
  const guarded = createGuarded(parts, (req, res) => readJson(json, req, res))

  for (const route of routes)
    router[route.method](route.path, async (req, res) => {
      const traceId = parts.ids.next('trc')
      res.set('cache-control', 'no-store')
      const hungUp = new AbortController()
      res.on('close', () => hungUp.abort())
      const gone = AbortSignal.any([hungUp.signal, parts.closing])
      try {
        const { answer, session, cookies } = await guarded(route, req, res, gone)
        res.append('set-cookie', [...cookies, ...cookiesOf(answer)].map(parts.cookies.write))
        await send(res, answer, {
          ...parts,
          traceId,
          gone,
          session,
          streams,
          network: ipNetwork(req.ip ?? ''),
        })
      } catch (err) {
        if (gone.aborted || res.headersSent) {
          parts.log.debug({ err, traceId }, 'a request broke off')
          res.destroy()
          return
        }
        parts.log.error({ err, traceId }, 'a request failed')
        sendRefused(res, isStoreAway(err) ? STORE_AWAY : { code: 'internal' }, parts.texts, traceId)
      }
    })

  router.use('/api', (_req, res) => {
    sendRefused(res, { code: 'not-found' }, parts.texts, parts.ids.next('trc'))
  })
  return router
}

type Guarded = { answer: Answer; session: string | undefined; cookies: Cookie[] }
type ReadBody = (req: Request, res: Response) => Promise<Refused | { body: unknown }>

const createGuarded = (parts: MountParts, readBody: ReadBody) => {
  const knownBy = async (token: string | undefined, now: number) => {
    const session = token === undefined ? undefined : await parts.sessions.find(token, now)
    const user = session && (await parts.users.findById(session.userId))
    return session && user ? { session, user } : undefined
  }

  return async (route: Route, req: Request, res: Response, gone: AbortSignal): Promise<Guarded> => {
    const now = parts.clock.now()
    const visitor = visitorOf(req, parts.cookies, now, gone)
    const token = parts.cookies.read(req.headers.cookie, 'session')
    const refused = (why: Refused, cookies: Cookie[] = []): Guarded => ({
      ...{ answer: { refused: why }, session: undefined, cookies },
    })

    const known = route.login ? await knownBy(token, now) : undefined
    if (route.login && !known)
      return refused({ code: 'login-required' }, token === undefined ? [] : [FORGET_SESSION])
    if (route.method !== 'get' && isForeign(req, parts.publicUrl, route.login)) {
      const { origin, host } = req.headers
      if (isLikelyOurs(req)) parts.advice.tell('other-address', { origin, host, publicUrl: parts.publicUrl })
      return refused({ code: 'foreign-origin' })
    }
    if (route.needsFreshLogin && known && !isFreshLogin(known.session, now))
      return refused({ code: 'fresh-login-needed' })
    const who = known ? parts.limitKey(known.user) : ipNetwork(visitor.ip)
    const allowed = await parts.limits.take(`api:${route.method}:${route.path}:${who}`, {
      ...{ limit: route.perMinute, windowMs: MINUTE_MS },
    })
    if (!allowed.ok) return refused({ code: 'too-many-requests', retryAfterMs: allowed.retryAfterMs })

    const input = await read(route, req, res, readBody)
    if ('code' in input) return refused(input)
    const header = (name: string) => req.get(name)
    const answer = await handle(route, { ...visitor, ...input, header }, known)
    const cookies = known && token !== undefined ? slide(known.session, token, now) : []
    return { answer, session: known ? token : undefined, cookies }
  }
}

const handle = (
  route: Route,
  call: Visitor & {
    params: unknown
    query: unknown
    body: unknown
    header(name: string): string | undefined
  },
  known: { user: User; session: Session } | undefined,
): Promise<Answer> => {
  // Each route's own schemas have made these what its handler takes.
  const checked = call as typeof call & { params: never; query: never; body: never }
  if (!route.login) return route.handle(checked)
  if (!known) throw new Error(`${route.path} was reached without a session`)
  return route.handle({ ...checked, ...known })
}

/** The browser keeps the cookie as long as the session, which each day of use puts off. */
const slide = (session: Session, token: string, now: number): Cookie[] =>
  session.lastSeenAt === now && session.createdAt !== now
    ? [{ name: 'session', value: token, maxAgeMs: session.expiresAt - now }]
    : []

const visitorOf = (req: Request, cookies: Cookies, now: number, gone: AbortSignal): Visitor => {
  const browser = cookies.read(req.headers.cookie, 'browser')
  return {
    ...{ ip: req.ip ?? '', userAgent: req.get('user-agent') ?? '', now, gone },
    browser: browser !== undefined && isBrowser(browser) ? browser : undefined,
    sessionToken: cookies.read(req.headers.cookie, 'session'),
  }
}

/** Checks path, query and body, and names every field that is wrong. */
const read = async (
  route: Route,
  req: Request,
  res: Response,
  readBody: ReadBody,
): Promise<Refused | { params: unknown; query: unknown; body: unknown }> => {
  const params = route.params?.safeParse(req.params)
  // What cannot be an id is nobody's.
  if (params && !params.success) return { code: 'not-found' }
  const query = route.query?.safeParse(req.query)
  if (query && !query.success) return invalid(query.error)
  if (!route.body) return { params: params?.data, query: query?.data, body: undefined }
  const got = await readBody(req, res)
  if ('code' in got) return got
  const body = route.body.safeParse(got.body)
  if (!body.success) return invalid(body.error)
  return { params: params?.data, query: query?.data, body: body.data }
}

/** Names in a body are the sender's: as much of them as tells which is meant. */
const MAX_SHOWN_CHARS = 120
const shown = (said: string): string =>
  said.length > MAX_SHOWN_CHARS ? `${said.slice(0, MAX_SHOWN_CHARS)}…` : said

const invalid = (error: z.ZodError): Refused => ({
  code: 'invalid-input',
  errors: error.issues.slice(0, 20).map((issue) => ({
    field: shown(
      [...issue.path, ...(issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [])].join('.'),
    ),
    message: shown(issue.message),
  })),
})

const readJson = (
  json: express.RequestHandler,
  req: Request,
  res: Response,
): Promise<Refused | { body: unknown }> =>
  new Promise((resolve) => {
    const isEmpty = req.headers['transfer-encoding'] === undefined && !Number(req.headers['content-length'])
    if (isEmpty) return resolve({ body: {} })
    if (!req.is('application/json')) return resolve({ code: 'not-json' })
    json(req, res, (err?: unknown) => {
      if (!err) return resolve({ body: req.body })
      const status = err instanceof Error && 'status' in err ? err.status : undefined
      resolve({ code: status === 413 ? 'too-large' : 'malformed-body' })
    })
  })
