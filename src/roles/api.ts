import { type App, type AppParts, createApp } from '../app.ts'
import { systemClock } from '../base/clock.ts'
import { answerPage } from '../http/answer-page.ts'
import { health } from '../http/health.ts'
import { metrics } from '../http/metrics.ts'
import { createHttp, listen } from '../http/server.ts'
import { wechatDoor } from '../http/wechat-door.ts'
import { hasChannels } from '../wiring/channels.ts'

export type Serving = { app: App; url: string; close(): Promise<void> }

/** Serves HTTP; with `works`, answers turns as well. Nothing is accepted before everything is ready. */
export const startApi = async (parts: AppParts, works: boolean): Promise<Serving> => {
  const { config, clock = systemClock } = parts
  const listening = await listen(config.PORT, config.HOST)
  try {
    const sandbox = config.SANDBOX
      ? (await import('../sandbox/open-sandbox.ts')).openSandbox(
          config,
          hasChannels(config),
          listening.url,
          clock,
        )
      : undefined
    const app = await createApp({ url: listening.url, ...parts, config: sandbox?.config ?? config })
    // Registered last, closed first: no new message while the rest winds down. The sandbox ends what would hold it up.
    app.onClose('http', listening.close)
    if (sandbox) app.onClose('sandbox', sandbox.close)
    const door = wechatDoor({ ...app, replyBudgetMs: config.WECHAT_REPLY_BUDGET_MS })
    const page = answerPage({ ...app, locale: config.LOCALE, aiLabel: config.AI_LABEL })
    const routers = [door, page, health(app.readyChecks, app.log), metrics(app.exposeMetrics)]
    const sandboxRouters = sandbox ? [{ path: '/sandbox', router: sandbox.router }] : []
    if (works) await app.startWorking()
    listening.serve(createHttp([...routers, ...sandboxRouters], app.ids, app.log))
    await app.learnAccount()
    return { app, url: listening.url, close: app.close }
  } catch (error) {
    await listening.close()
    throw error
  }
}
