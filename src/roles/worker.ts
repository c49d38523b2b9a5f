import { type App, type AppParts, createApp } from '../app.ts'

/** Answers turns; serves nothing. */
export const startWorker = async (parts: AppParts): Promise<{ app: App; close(): Promise<void> }> => {
  const app = await createApp(parts)
  await app.startWorking()
  return { app, close: app.close }
}
