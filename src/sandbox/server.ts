import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import express from 'express'
import { systemClock } from '../base/clock.ts'
import { createSandboxAccount } from './account.ts'
import { createScriptedModel, type ScriptedModel, type ScriptedModelOptions } from './model.ts'
import { createPlatform, type Platform, type PlatformOptions } from './platform.ts'
import { sandboxRoutes } from './routes.ts'

export type SandboxServerOptions = Partial<PlatformOptions> & {
  /** 0 picks a free one. */
  port?: number
  model?: Omit<ScriptedModelOptions, 'clock'>
  pageDirectory?: string
}

export type SandboxServer = {
  /** Ends with /sandbox, as the others extend it. */
  url: string
  /** For WECHAT_API_BASE. */
  apiBase: string
  /** For WECHAT_MP_BASE. */
  mpBase: string
  /** For WECHAT_OAUTH_BASE. */
  oauthBase: string
  /** For OPENAI_BASE_URL; any key but one that starts with `sk-bad` is good. */
  modelBase: string
  platform: Platform
  model: ScriptedModel
  close(): Promise<void>
}

/** Serves the sandbox alone on 127.0.0.1. Set the account's server URL later with `platform.setCallbackUrl`. */
export const startSandboxServer = async (options: SandboxServerOptions = {}): Promise<SandboxServer> => {
  const { port = 0, model: pace, pageDirectory, ...given } = options
  const random = given.random ?? randomBytes
  const clock = given.clock ?? systemClock
  const defaults = {
    account: createSandboxAccount(random),
    kind: 'service' as const,
    mode: 'secure' as const,
    // Nothing listens on the discard port: callbacks fail as unreachable until a URL is set.
    callbackUrl: 'http://127.0.0.1:9/',
    fetch: globalThis.fetch,
  }
  const platform = createPlatform({ ...defaults, ...given, clock, random })
  const model = createScriptedModel({ ...pace, clock })
  const app = express().disable('x-powered-by')
  app.use('/sandbox', sandboxRoutes({ platform, model, ...(pageDirectory ? { pageDirectory } : {}) }))
  const server = createServer(app)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}/sandbox`
  return {
    ...{
      url,
      apiBase: `${url}/wechat`,
      mpBase: `${url}/mp`,
      oauthBase: `${url}/open`,
      modelBase: `${url}/openai/v1`,
      platform,
      model,
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
