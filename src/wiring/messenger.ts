import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import type { Messenger } from '../conversation/messenger.ts'
import { createAccessToken } from '../wechat/access-token.ts'
import { createWechatApi } from '../wechat/api.ts'
import type { TokenStore } from '../wechat/token-store.ts'
import { createWechatMessenger, passiveOnly } from './wechat-messenger.ts'

/** The way to push, as far as the account has one. */
export const openMessenger = (config: Config, store: TokenStore, clock: Clock, log: Log): Messenger => {
  const { WECHAT_APP_ID: appId, WECHAT_APP_SECRET: appSecret, WECHAT_API_BASE: apiBase } = config
  if (config.WECHAT_ACCOUNT === 'unverified' || !appId || !appSecret) return passiveOnly
  const accessToken = createAccessToken({ appId, appSecret, apiBase, fetch, store, clock, log })
  const api = createWechatApi({ apiBase, mpBase: config.WECHAT_MP_BASE, accessToken, fetch, log })
  return createWechatMessenger(api, clock, log)
}
