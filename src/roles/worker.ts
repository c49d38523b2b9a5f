import { type App, type AppParts, createApp } from '../app.ts'

/** Answers turns. Serves nothing but, with WORKER_PORT, its health and its metrics. */
export const startWorker = async (parts: AppParts): Promise<{ app: App; close(): Promise<void> }> => {
  const app = await createApp(parts)
  try {
    await app.learnAccount()
    await app.startWorking()
    const port = parts.config.WORKER_PORT
    if (port !== undefined) await serveHealth(app, port)
    return { app, close: app.close }
  } catch (error) {
    await app.close()
    throw error
  }
}

/** Loaded only when it is wanted: a worker has no other use for a web server. */
const serveHealth = async (app: App, port: number): Promise<void> => {
  const { createHttp, listen } = await import('../http/server.ts')
  const { health } = await import('../http/health.ts')
  const { metrics } = await import('../http/metrics.ts')
  const listening = await listen(port, app.config.HOST)
  app.onClose('http', listening.close)
  listening.serve(
    createHttp([health(app.readyChecks, app.log), metrics(app.exposeMetrics)], app.ids, app.log),
  )
}
