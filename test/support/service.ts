import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App } from '../../src/app.ts'
import type { Clock } from '../../src/base/clock.ts'
import { readConfig } from '../../src/base/config.ts'
import type { Log } from '../../src/base/log.ts'
import type { Engine } from '../../src/infra/db/database.ts'
import { startApi } from '../../src/roles/api.ts'
import {
  type SandboxServer,
  type SandboxServerOptions,
  startSandboxServer,
} from '../../src/sandbox/server.ts'
import { createTestDatabase } from './databases.ts'
import { type LogLine, logTo } from './log-to.ts'

export type Env = { readonly [name: string]: string }

export type Service = {
  url: string
  callbackUrl: string
  /** The environment the service was started with. */
  env: Env
  /** What the doors are given; another one after a restart. */
  app: App
  weixin: SandboxServer
  lines: LogLine[]
  /** Ends the service alone; WeChat and the database stay. */
  stop(): Promise<void>
  /** Starts it again with the same database, WeChat and model. */
  restart(more?: Env): Promise<void>
  close(): Promise<void>
}

/**
 * The whole service on a real port, in this process: the simulated WeChat posts to it over HTTP, the scripted model
 * streams to it over HTTP. Waiting is real time, so budgets are short; with a fast clock in `weixinOptions` WeChat, the
 * model and the service live by that one.
 */
export const startService = async (
  engine: Engine,
  settings: Env | ((weixin: SandboxServer) => Env) = {},
  weixinOptions: SandboxServerOptions = {},
): Promise<Service> => {
  const dir = mkdtempSync(join(tmpdir(), 'yingda-service-'))
  const database = await createTestDatabase(engine)
  const weixin = await startSandboxServer(weixinOptions)
  const base = envFor(weixin, database.url, dir)
  const more = typeof settings === 'function' ? settings(weixin) : settings
  const { log, lines } = logTo()

  const start = (env: Env) => startWith(env, log, dir, weixinOptions.clock)
  let running = await start({ ...base, ...more })
  weixin.platform.setCallbackUrl(`${running.url}/wechat/callback`)
  const service: Service = {
    url: running.url,
    callbackUrl: `${running.url}/wechat/callback`,
    env: { ...base, ...more },
    app: running.app,
    weixin,
    lines,
    stop: () => running.close(),
    async restart(other = {}) {
      await running.close()
      running = await start({ ...base, ...more, ...other })
      service.url = running.url
      service.app = running.app
      service.callbackUrl = `${running.url}/wechat/callback`
      weixin.platform.setCallbackUrl(service.callbackUrl)
    },
    async close() {
      await running.close()
      await weixin.close()
      await database.drop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
  return service
}

/** What an operator would set for this WeChat, this model and this database. */
export const envFor = (weixin: SandboxServer, databaseUrl: string, dir: string): Env => {
  const { appId, appSecret, token, aesKey } = weixin.platform.account
  return {
    PORT: '0',
    DATA_DIR: dir,
    DATABASE_URL: databaseUrl,
    APP_SECRET: randomBytes(32).toString('base64'),
    WECHAT_APP_ID: appId,
    WECHAT_APP_SECRET: appSecret,
    WECHAT_TOKEN: token,
    WECHAT_AES_KEY: aesKey,
    WECHAT_API_BASE: weixin.apiBase,
    WECHAT_MP_BASE: weixin.mpBase,
    WECHAT_OAUTH_BASE: weixin.oauthBase,
    OPENAI_API_KEY: 'test-key',
    OPENAI_BASE_URL: weixin.modelBase,
    OPENAI_MODEL: 'scripted',
    WECHAT_REPLY_BUDGET_MS: '1000',
    RATE_PER_MINUTE: '1000',
    // A clock that runs fast would make one after the other.
    BACKUP_EVERY: '0',
    TRIAL_CALLS: '1000',
  }
}

const startWith = async (env: Env, log: Log, dir: string, clock: Clock | undefined) => {
  const read = readConfig(env, dir)
  if (!read.ok) throw new Error(read.problems.join('\n'))
  return startApi({ config: read.config, env: read.env, log, ...(clock ? { clock } : {}) }, true)
}
