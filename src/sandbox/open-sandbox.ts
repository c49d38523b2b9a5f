import { randomBytes } from 'node:crypto'
import type { Router } from 'express'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import { type Account, createSandboxAccount } from './account.ts'
import { createScriptedModel } from './model.ts'
import { createPlatform } from './platform.ts'
import { sandboxRoutes } from './routes.ts'

/** The same at every start, so that the simulated users find their conversations again. */
const GH_ID = 'gh_5a6d62786f78'
const REAL_API = 'https://api.weixin.qq.com'
const REAL_MP = 'https://mp.weixin.qq.com'
const REAL_OPEN = 'https://open.weixin.qq.com'

/** `close` ends the streams of events, which would never end by themselves. */
export type Sandbox = {
  config: Config
  router: Router
  /** What to do when the account has become one of another type; it is answered after that. */
  whenKindChanges(run: () => Promise<unknown>): void
  close(): void
}

/**
 * A simulated WeChat beside the service: what the operator has not configured is filled in so that the service talks
 * to the simulator and, unless it `hasChannels` of its own, to the scripted model. `url` is where the service itself listens.
 */
export const openSandbox = (config: Config, hasChannels: boolean, url: string, clock: Clock): Sandbox => {
  const invented = createSandboxAccount(randomBytes)
  const account: Account = {
    appId: config.WECHAT_APP_ID ?? invented.appId,
    appSecret: config.WECHAT_APP_SECRET ?? invented.appSecret,
    token: config.WECHAT_TOKEN ?? invented.token,
    aesKey: config.WECHAT_AES_KEY ?? invented.aesKey,
    ghId: GH_ID,
  }
  const platform = createPlatform({
    account,
    kind: config.WECHAT_ACCOUNT === 'auto' ? 'service' : config.WECHAT_ACCOUNT,
    mode: 'secure',
    callbackUrl: `${url}/wechat/callback`,
    clock,
    random: randomBytes,
    fetch,
    keepWireMs: config.KEEP_WIRE,
  })
  const closing = new AbortController()
  let kindChanged = async (): Promise<unknown> => undefined
  const model = createScriptedModel({ clock })
  return {
    router: sandboxRoutes({ platform, model, closing: closing.signal, kindChanged: () => kindChanged() }),
    whenKindChanges: (run) => {
      kindChanged = run
    },
    close: () => closing.abort(),
    config: {
      ...config,
      WECHAT_APP_ID: account.appId,
      WECHAT_APP_SECRET: account.appSecret,
      WECHAT_TOKEN: account.token,
      WECHAT_AES_KEY: account.aesKey,
      // The simulator can switch to plain mode; credentials of the operator's own keep their rule.
      WECHAT_ALLOW_PLAIN: config.WECHAT_ALLOW_PLAIN || !config.WECHAT_TOKEN,
      WECHAT_API_BASE: config.WECHAT_API_BASE === REAL_API ? `${url}/sandbox/wechat` : config.WECHAT_API_BASE,
      WECHAT_MP_BASE: config.WECHAT_MP_BASE === REAL_MP ? `${url}/sandbox/mp` : config.WECHAT_MP_BASE,
      WECHAT_OAUTH_BASE:
        config.WECHAT_OAUTH_BASE === REAL_OPEN ? `${url}/sandbox/open` : config.WECHAT_OAUTH_BASE,
      WECHAT_QR_URL: config.WECHAT_QR_URL ?? `${url}/sandbox/mp/account-qr`,
      ...(hasChannels
        ? {}
        : {
            OPENAI_BASE_URL: `${url}/sandbox/openai/v1`,
            OPENAI_API_KEY: 'sandbox',
            OPENAI_MODEL: config.OPENAI_MODEL ?? 'scripted',
          }),
    },
  }
}
