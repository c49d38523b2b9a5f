import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { type App, type AppParts, createApp } from '../app.ts'
import { systemClock } from '../base/clock.ts'
import { hasPublicAddress } from '../base/config.ts'
import { say } from '../base/say.ts'
import { answerPage } from '../http/answer-page.ts'
import { health } from '../http/health.ts'
import { metrics } from '../http/metrics.ts'
import { operatorsOnly } from '../http/operators-only.ts'
import { page } from '../http/page.ts'
import { pageApi } from '../http/page-api/page-api.ts'
import { createProxyAdvice } from '../http/proxy-advice.ts'
import { publicFiles } from '../http/public-files.ts'
import { createHttp, listen } from '../http/server.ts'
import { wechatDoor } from '../http/wechat-door.ts'
import { hasChannels } from '../wiring/channels.ts'
import { serveOperators } from './serve-operators.ts'

const ROOT = new URL('../../', import.meta.url)
const BUILT_PAGE = fileURLToPath(new URL('web/dist', ROOT))

const NO_PUBLIC_URL = {
  zh: '没有设置 PUBLIC_URL，链接会指向这台机器，用户的手机打不开。请设成用户打开网页的 https 网址',
  en: 'without PUBLIC_URL links lead to this machine: set it to the https address under which users reach the page',
}

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
    // Registered last, closed first: no new message while the rest winds down.
    const closing = new AbortController()
    app.onClose('http', () => {
      // Answers that are being read on the page go on when the browser comes back.
      closing.abort()
      return listening.close(parts.lingerMs)
    })
    // The sandbox ends what would hold it up.
    if (sandbox) app.onClose('sandbox', sandbox.close)
    // WeChat tells nobody; in the sandbox a switch is meant to be felt at once.
    sandbox?.whenKindChanges(app.probeAccount)
    const door = wechatDoor({ ...app, replyBudgetMs: config.WECHAT_REPLY_BUDGET_MS })
    const answers = answerPage({
      ...app,
      locale: config.LOCALE,
      aiLabel: config.AI_LABEL,
      icpNumber: config.ICP_NUMBER,
    })
    const advice = createProxyAdvice(app.log)
    const api = pageApi({ advice, app, randomBytes, closing: closing.signal, version: app.build.version })
    const { WECHAT_MP_BASE, WECHAT_QR_URL = '' } = app.config
    const views = page({
      ...app,
      folder: BUILT_PAGE,
      pictures: [WECHAT_MP_BASE, WECHAT_QR_URL, app.publicUrl],
    })
    const looking = operatorsOnly({ token: config.METRICS_TOKEN, ownPort: false })
    const operating = [
      health(app.readyChecks, app.log, looking, app.build),
      metrics(app.exposeMetrics, looking, app.ids),
    ]
    const sandboxRouters = sandbox ? [{ path: '/sandbox', router: sandbox.router }] : []
    const routers = [door, answers, ...operating, ...sandboxRouters, publicFiles(app.publicFiles), api, views]
    if (!config.SANDBOX && !hasPublicAddress(config))
      app.log.warn(
        { hint: say(NO_PUBLIC_URL), mend: { env: 'PUBLIC_URL=https://your.domain', docs: 'docs/proxy.md' } },
        `links lead to ${app.publicUrl}, where no phone gets: set PUBLIC_URL`,
      )
    if (works) await app.startWorking()
    if (config.METRICS_PORT !== undefined) await serveOperators(app, config.METRICS_PORT)
    const { publicUrl } = app
    listening.serve(
      createHttp(routers, app.ids, app.log, { trustProxy: config.TRUST_PROXY, publicUrl, advice }),
    )
    await app.learnAccount()
    return { app, url: listening.url, close: app.close }
  } catch (error) {
    await listening.close()
    throw error
  }
}
