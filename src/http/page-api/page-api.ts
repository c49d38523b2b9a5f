import type { Router } from 'express'
import type { App } from '../../app.ts'
import { newBrowser } from '../../identity/browser.ts'
import type { ProxyAdvice } from '../proxy-advice.ts'
import { createCookies } from './cookies.ts'
import { mountRoutes } from './mount.ts'
import { openApiOf } from './openapi.ts'
import { createMeOf } from './present.ts'
import { problemTextsOf } from './problems.ts'
import { openRoute, type Route } from './route.ts'
import { cardRoutes } from './routes/cards.ts'
import { conversationRoutes } from './routes/conversations.ts'
import { loginRoutes } from './routes/login.ts'
import { meRoutes } from './routes/me.ts'
import { ownKeyRoutes } from './routes/own-key.ts'
import { sessionRoutes } from './routes/sessions.ts'
import { siteRoutes } from './routes/site.ts'
import { turnRoutes } from './routes/turns.ts'

export type PageApiParts = {
  app: App
  randomBytes: (size: number) => Uint8Array
  closing: AbortSignal
  advice: ProxyAdvice
  version: string
}

/** Everything under `/api`. */
export const pageApi = (parts: PageApiParts): Router => {
  const routes = routesOf(parts)
  const { app } = parts
  const { publicUrl, clock, ids, log, limits, limitKey } = app
  return mountRoutes(routes, {
    sessions: app.login.sessions,
    users: app.page.users,
    limits,
    limitKey,
    cookies: createCookies(publicUrl),
    publicUrl,
    texts: problemTextsOf(app.config.LOCALE),
    closing: parts.closing,
    advice: parts.advice,
    clock,
    ids,
    log,
  })
}

/** All routes, the description of them included. */
export const routesOf = ({
  app,
  randomBytes,
  version,
}: Omit<PageApiParts, 'closing' | 'advice'>): Route[] => {
  const { config, page, login, clock, publicUrl } = app
  const meOf = createMeOf(page)
  const routes: Route[] = [
    ...siteRoutes(() => ({
      ...{ locale: config.LOCALE, aiLabel: config.AI_LABEL, sandbox: config.SANDBOX },
      oauth: login.byOauth.isOffered(),
      accountName: config.WECHAT_ACCOUNT_NAME ?? null,
      icpNumber: config.ICP_NUMBER ?? null,
    })),
    ...loginRoutes({
      ...{ login, publicUrl, clock, newBrowser: () => newBrowser(randomBytes) },
      async meOf(session, now) {
        const user = await page.users.findById(session.userId)
        return user && meOf(user, session, now)
      },
    }),
    ...sessionRoutes(login.sessions),
    ...meRoutes(page, meOf),
    ...cardRoutes(page),
    ...ownKeyRoutes(page),
    ...conversationRoutes(page, config.LOCALE),
    ...turnRoutes(page, config.LOCALE),
  ]
  const described = openApiOf(routes, publicUrl, version)
  const openApi = openRoute({
    ...{ method: 'get', path: '/api/openapi.json', about: 'This description', perMinute: 60 },
    answers: { status: 200, file: 'OpenAPI 3.1.' },
    handle: async () => ({ status: 200, body: described }),
  })
  return [...routes, openApi]
}
