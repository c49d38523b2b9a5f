import { z } from 'zod'
import type { App } from '../../../app.ts'
import type { Clock } from '../../../base/clock.ts'
import { ipNetwork } from '../../../base/ip-network.ts'
import type { Login } from '../../../identity/login-by-code.ts'
import type { OauthLogin } from '../../../identity/login-by-oauth.ts'
import type { Session } from '../../../identity/sessions.ts'
import { loginBody, loginTicket, me, type TicketEvents, ticketEvents } from '../../contract.ts'
import { FORGET_SESSION } from '../cookies.ts'
import type { MeOf } from '../present.ts'
import { type Answer, type Cookie, openRoute, type Route, refuse, route } from '../route.ts'

export type LoginRoutesParts = {
  login: App['login']
  newBrowser: () => string
  meOf: (session: Session, now: number) => Promise<MeOf | undefined>
  publicUrl: string
  clock: Clock
}

const BROWSER_MS = 365 * 86_400_000
/** How long a scan may take to be seen on the page. */
const LOOK_EVERY_MS = 1000
/** Streams that wait for a scan. One ticket has one, and a second while the first is found to be gone. */
const MOST_BY_TICKET = 2
/** A class or an office may have one address. Whoever is refused types the code without having been told of the scan. */
const MOST_BY_NETWORK = 30
const MOST_OF_ALL = 1000

export const loginRoutes = (parts: LoginRoutesParts): Route[] => {
  const { login, clock } = parts
  const browserOf = (known: string | undefined): { browser: string; cookies: Cookie[] } => {
    const browser = known ?? parts.newBrowser()
    return { browser, cookies: [{ name: 'browser', value: browser, maxAgeMs: BROWSER_MS }] }
  }
  const sessionCookie = (token: string, { expiresAt }: Session): Cookie => ({
    name: 'session',
    value: token,
    maxAgeMs: expiresAt - clock.now(),
  })

  return [
    openRoute({
      ...{ method: 'post', path: '/api/login/tickets', about: 'A QR code to log in with', perMinute: 60 },
      answers: { status: 201, schema: loginTicket },
      async handle(call) {
        const { browser, cookies } = browserOf(call.browser)
        const opened = await login.tickets.open({ browser, ip: call.ip, userAgent: call.userAgent })
        if (!opened.ok) return refuse('too-many-requests', { retryAfterMs: opened.retryAfterMs })
        const { ok: _, ...body } = opened
        return { status: 201, body, cookies }
      },
    }),

    openRoute({
      ...{ method: 'get', path: '/api/login/tickets/:ticket/events', perMinute: 120 },
      about: 'Tells when the QR code was scanned, and when it is over',
      params: z.object({ ticket: z.string().max(60) }),
      answers: { status: 200, events: ticketEvents },
      async handle({ params, browser, ip, header }) {
        const find = async () =>
          browser === undefined ? undefined : login.tickets.find(params.ticket, browser)
        if (!(await find())) return refuse('not-found')
        return {
          slots: [
            { key: `ticket ${params.ticket}`, most: MOST_BY_TICKET },
            { key: `tickets ${ipNetwork(ip)}`, most: MOST_BY_NETWORK },
            { key: 'tickets', most: MOST_OF_ALL },
          ],
          async stream({ send, gone }) {
            let told = header('last-event-id') === 'scanned'
            while (!gone.aborted) {
              const ticket = await find()
              if (ticket?.scannedAt !== undefined && !told) {
                const data: TicketEvents['scanned'] = { scannedAt: ticket.scannedAt }
                if (!(await send({ id: 'scanned', type: 'scanned', data }))) return
                told = true
              }
              if (!ticket || ticket.expiresAt <= clock.now()) {
                const data: TicketEvents['expired'] = { expiresAt: ticket?.expiresAt ?? clock.now() }
                await send({ id: 'expired', type: 'expired', data })
                return
              }
              await clock.sleep(LOOK_EVERY_MS, gone)
            }
          },
        }
      },
    }),

    openRoute({
      method: 'post',
      path: '/api/login',
      about: 'Logs in with a code',
      perMinute: 60,
      body: loginBody,
      answers: { status: 200, schema: me },
      problems: ['wrong-code', 'expired-code', 'too-many-tries', 'login-busy'],
      async handle({ body, ip, userAgent, sessionToken, now, ...call }) {
        const { browser, cookies } = browserOf(call.browser)
        const done = await login.byCode({ code: body.code, browser, session: sessionToken, ip, userAgent })
        if (!done.ok) return { ...loginRefused(done), cookies }
        const who = await parts.meOf(done.session, now)
        if (!who) return refuse('wrong-code')
        return { status: 200, body: who, cookies: [...cookies, sessionCookie(done.token, done.session)] }
      },
    }),

    route({
      ...{ method: 'post', path: '/api/logout', about: 'Ends this session', perMinute: 60 },
      answers: { status: 204 },
      async handle({ user, session }) {
        await login.sessions.revoke(user.id, session.id)
        return { status: 204, cookies: [FORGET_SESSION] }
      },
    }),

    openRoute({
      ...{ method: 'get', path: '/api/login/oauth', perMinute: 60 },
      about: 'One tap inside WeChat: sends the browser to WeChat, which sends it back',
      query: z.object({ to: z.string().max(500).optional() }),
      answers: { status: 302 },
      problems: ['oauth-unavailable'],
      async handle({ query, ip, ...call }) {
        if (!login.byOauth.isOffered()) return refuse('oauth-unavailable')
        const { browser, cookies } = browserOf(call.browser)
        const to = query.to === undefined ? '' : `?to=${encodeURIComponent(query.to)}`
        const redirectUri = `${parts.publicUrl}/api/login/oauth/back${to}`
        const begun = await login.byOauth.begin({ browser, ip, redirectUri })
        if (!begun.ok) return refuse('too-many-requests', { retryAfterMs: begun.retryAfterMs })
        return { redirect: begun.url, cookies }
      },
    }),

    openRoute({
      method: 'get',
      path: '/api/login/oauth/back',
      about: 'Where WeChat sends the browser',
      perMinute: 60,
      query: z.object({
        code: z.string().max(200).default(''),
        state: z.string().max(200).default(''),
        to: z.string().max(500).optional(),
      }),
      answers: { status: 302 },
      async handle({ query, browser, sessionToken, ip, userAgent }) {
        const { code, state } = query
        if (browser === undefined) return sentBack('wrong-state')
        const done = await login.byOauth.finish({
          code,
          state,
          browser,
          session: sessionToken,
          ip,
          userAgent,
        })
        if (!done.ok) return sentBack(done.reason)
        return { redirect: ownPath(query.to), cookies: [sessionCookie(done.token, done.session)] }
      },
    }),
  ]
}

const loginRefused = (login: Exclude<Login, { ok: true }>) => {
  switch (login.reason) {
    case 'wrong':
      return { refused: { code: 'wrong-code' } } as const
    case 'expired':
      return { refused: { code: 'expired-code' } } as const
    case 'too-many-tries':
      return {
        refused: {
          code: 'too-many-tries' as const,
          note: 'newTicket' as const,
          retryAfterMs: login.retryAfterMs,
        },
      }
    case 'busy':
      return { refused: { code: 'login-busy' as const, retryAfterMs: login.retryAfterMs } }
  }
}

const sentBack = (reason: Exclude<OauthLogin, { ok: true }>['reason']): Answer => ({
  redirect: `/login?error=${reason}`,
})

/** A path of this page alone: neither `//elsewhere` nor an address. */
const ownPath = (to: string | undefined): string =>
  to !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(to) ? to : '/'
