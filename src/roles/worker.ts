import { type App, type AppParts, createApp } from '../app.ts'
import { serveOperators } from './serve-operators.ts'

/** Answers turns. Serves nothing but, with WORKER_PORT, its health and its metrics. */
export const startWorker = async (parts: AppParts): Promise<{ app: App; close(): Promise<void> }> => {
  const app = await createApp(parts)
  try {
    await app.learnAccount()
    await app.startWorking()
    const port = parts.config.WORKER_PORT
    if (port !== undefined) await serveOperators(app, port)
    return { app, close: app.close }
  } catch (error) {
    await app.close()
    throw error
  }
}
