import type { App } from '../app.ts'

/**
 * Health and metrics on a port of their own. The web server is loaded only when it is wanted: a worker has no other use for
 * one.
 */
export const serveOperators = async (app: App, port: number): Promise<void> => {
  const { createHttp, listen } = await import('../http/server.ts')
  const { health } = await import('../http/health.ts')
  const { metrics } = await import('../http/metrics.ts')
  const { operatorsOnly } = await import('../http/operators-only.ts')
  const listening = await listen(port, app.config.HOST)
  app.onClose('http for the operator', listening.close)
  const looking = operatorsOnly({ token: app.config.METRICS_TOKEN, ownPort: true })
  const routers = [
    health(app.readyChecks, app.log, looking, app.build),
    metrics(app.exposeMetrics, looking, app.ids),
  ]
  listening.serve(createHttp(routers, app.ids, app.log))
  app.log.info({ url: listening.url }, 'health and metrics are served')
}
