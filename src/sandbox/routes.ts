import express, { type NextFunction, type Request, type Response, Router } from 'express'
import { z } from 'zod'
import { createIds } from '../base/ids.ts'
import { streamEvents } from './events.ts'
import { openidOf } from './followers.ts'
import { createProblem, localOnly, sameOriginOnly } from './guards.ts'
import { type ModelAnswer, modelError, type ScriptedModel } from './model.ts'
import { PAGE_DIRECTORY, sandboxPage } from './page.ts'
import type { Outcome, Platform } from './platform.ts'
import { PHRASES } from './script.ts'

export type SandboxRoutesOptions = {
  platform: Platform
  model: ScriptedModel
  /** Names one failure in problem answers. */
  traceId?: () => string
  /** Ends the streams of events. */
  closing?: AbortSignal
  /** Awaited after the account has become one of another type. */
  kindChanged?: () => Promise<unknown>
  /** Where the page was built to. */
  pageDirectory?: string
}

const MAX_INPUT = '64kb'
/** A prompt with its history is longer than anything a person types. */
const MAX_PROMPT = '4mb'

const from = z.string().min(1).max(64)
const sendBody = z.strictObject({ from, text: z.string().min(1), menuTap: z.string().min(1).optional() })
const followBody = z.strictObject({ from, scene: z.string().min(1).max(64).optional() })
const personBody = z.strictObject({ from })
const scanBody = z.strictObject({ from, ticket: z.string().min(1) })
/** Whose phone opens a page, and whether it is rather WeChat itself that looks at it. */
const phoneQuery = z.object({ from: from.default('me'), snapshot: z.literal('1').optional() })
const menuBody = z.strictObject({ from, key: z.string().min(1).max(128) })
const settingsBody = z.strictObject({
  kind: z.enum(['service', 'verified', 'unverified']).optional(),
  mode: z.enum(['plain', 'compat', 'secure']).optional(),
})

const afterQuery = z.coerce.number().int().min(0).catch(0)

/** Resolves in a moment: long enough for a refusal, too short for an answer. */
const aMoment = () => new Promise<Partial<Outcome>>((resolve) => setImmediate(() => resolve({})))

/** The simulated WeChat, the scripted model and the page over HTTP, to be mounted at /sandbox. */
export const sandboxRoutes = (options: SandboxRoutesOptions): Router => {
  const { platform, model, traceId, closing, pageDirectory = PAGE_DIRECTORY } = options
  const ids = createIds(Date.now)
  const problem = createProblem(traceId ?? (() => ids.next('trc')))
  const router = Router()
  router.use(localOnly(problem), sameOriginOnly(problem))
  router.use('/wechat', express.text({ type: () => true, limit: MAX_INPUT }), wechatApi(platform))
  // The page shows them, which may have been opened as localhost while they are at 127.0.0.1.
  router.use('/mp', (_req, res, next) => {
    res.set('cross-origin-resource-policy', 'cross-origin')
    next()
  })
  router.get('/mp/cgi-bin/showqrcode', (req, res) => {
    const picture = platform.showQrCode(String(req.query.ticket ?? ''))
    if (picture) res.type('image/svg+xml').send(picture)
    else problem(res, 404, 'unknown-ticket', 'no such ticket, or it has expired')
  })
  router.get('/mp/account-qr', (_req, res) => {
    res.type('image/svg+xml').send(platform.accountQrCode())
  })
  router.get('/open/connect/oauth2/authorize', (req, res) => {
    const phone = phoneQuery.safeParse(req.query)
    if (!phone.success) return problem(res, 400, 'invalid-input', z.prettifyError(phone.error))
    const { from: name, snapshot } = phone.data
    const authorized = platform.authorize(req.query, openidOf(name), snapshot !== undefined)
    if (authorized.ok) res.redirect(302, authorized.url)
    else problem(res, 400, authorized.code, authorized.detail)
  })
  router.use('/openai/v1', modelApi(model))

  const json = express.json({ limit: MAX_INPUT })
  /**
   * A user's act: its body is checked, then carried out, then answered with what the phone shows. With `?wait=no` it is
   * answered as soon as it is under way: a browser has six connections to a host, and a delivery holds one for long.
   */
  const act = <Body extends { from: string }>(
    path: string,
    schema: z.ZodType<Body>,
    run: (openid: string, body: Body) => Promise<Outcome>,
  ) =>
    router.post(path, json, async (req, res) => {
      const body = schema.safeParse(req.body)
      if (!body.success) return problem(res, 400, 'invalid-input', z.prettifyError(body.error))
      const openid = openidOf(body.data.from)
      const delivery = run(openid, body.data)
      const outcome = await (req.query.wait === 'no' ? Promise.race([delivery, aMoment()]) : delivery)
      res.json({ ...outcome, ...platform.phone(openid) })
    })
  act('/send', sendBody, (openid, { text, menuTap }) =>
    platform.send(openid, text, menuTap === undefined ? {} : { menuTap }),
  )
  act('/follow', followBody, (openid, { scene }) => platform.follow(openid, scene))
  act('/unfollow', personBody, (openid) => platform.unfollow(openid))
  act('/scan', scanBody, (openid, { ticket }) => platform.scan(openid, ticket))
  act('/menu', menuBody, (openid, { key }) => platform.tapMenu(openid, key))

  router.get('/phone/:from', (req, res) => {
    res.json(platform.phone(openidOf(req.params.from)))
  })
  router.get('/wire', (req, res) => {
    const after = afterQuery.parse(req.query.after)
    res.json({ entries: platform.wire().filter(({ id }) => id > after) })
  })
  router.get('/events', (req, res) => {
    const name = from.safeParse(req.query.from)
    if (!name.success) return problem(res, 400, 'invalid-input', z.prettifyError(name.error))
    streamEvents({ platform, closing }, openidOf(name.data), req, res)
  })
  const phrases = PHRASES.map(({ zh, en, number, does }) => ({ zh, en, number, does }))
  const settings = () => {
    const { appId, ghId } = platform.account
    return { ...platform.settings(), account: { appId, ghId }, phrases }
  }
  router.get('/settings', (_req, res) => {
    res.json(settings())
  })
  router.post('/settings', json, async (req, res) => {
    const body = settingsBody.safeParse(req.body)
    if (!body.success) return problem(res, 400, 'invalid-input', z.prettifyError(body.error))
    if (body.data.mode) platform.setMode(body.data.mode)
    if (body.data.kind) {
      platform.setKind(body.data.kind)
      await options.kindChanged?.()
    }
    res.json(settings())
  })

  router.use(sandboxPage(pageDirectory))
  router.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
    const status = clientStatus(error)
    if (res.headersSent || status === undefined) return next(error)
    if (status === 404) return problem(res, 404, 'not-found', 'there is nothing here')
    if (status === 413) return problem(res, 413, 'too-large', `the body is larger than ${MAX_INPUT}`)
    problem(res, 400, 'invalid-body', 'the body could not be read')
  })
  return router
}

const wechatApi = (platform: Platform) => (req: Request, res: Response) => {
  const query = new URL(req.url, 'http://sandbox').searchParams
  const body = typeof req.body === 'string' ? req.body : ''
  const answer = platform.api({ method: req.method, path: req.path, query, body })
  if (answer !== 'no-answer') res.status(answer.status).set('content-type', answer.type).end(answer.body)
}

const modelApi = (model: ScriptedModel): Router => {
  const router = Router()
  router.post('/chat/completions', express.json({ limit: MAX_PROMPT }), async (req, res) => {
    const gone = new AbortController()
    res.on('close', () => gone.abort())
    await writeAnswer(res, await model.complete(req.body, req.headers.authorization, gone.signal))
  })
  router.get('/models', (req, res) => writeAnswer(res, model.list(req.headers.authorization)))
  router.use((req, res) => writeAnswer(res, modelError(404, `Invalid URL (${req.method} ${req.path})`)))
  router.use((error: unknown, _req: Request, res: Response, next: NextFunction) => {
    const status = clientStatus(error)
    if (res.headersSent || status === undefined) return next(error)
    void writeAnswer(res, modelError(status, 'the body could not be read'))
  })
  return router
}

const writeAnswer = async (res: Response, answer: ModelAnswer): Promise<void> => {
  if (answer.kind === 'no-answer') return
  if (answer.kind === 'cut') {
    res.destroy()
    return
  }
  if (answer.kind === 'json') {
    res.status(answer.status).json(answer.body)
    return
  }
  res.set({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' }).flushHeaders()
  for await (const event of answer.events) {
    // What was written before a cut must have left before the connection goes down.
    if (event === 'cut' || !(await written(res, event))) {
      res.destroy()
      return
    }
  }
  res.end()
}

/** False when the reader has gone. */
const written = (res: Response, text: string): Promise<boolean> =>
  new Promise((resolve) => {
    res.write(text, (error) => resolve(!error))
  })

/** The 4xx that a body parser asks for. */
const clientStatus = (error: unknown): number | undefined => {
  const status = error instanceof Error && 'status' in error ? Number(error.status) : Number.NaN
  return status >= 400 && status < 500 ? status : undefined
}
