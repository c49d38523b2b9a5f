import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import type { Messenger } from '../conversation/messenger.ts'
import type { Meters } from '../conversation/meters.ts'
import { createAccessToken } from '../wechat/access-token.ts'
import { type AccountAbilities, createAccountAbilities } from '../wechat/account.ts'
import type { AccountFacts } from '../wechat/account-facts.ts'
import { createWechatApi, type WechatApi } from '../wechat/api.ts'
import type { TokenStore } from '../wechat/token-store.ts'
import { createWechatMessenger } from './wechat-messenger.ts'

export type MessengerParts = {
  store: TokenStore
  facts: AccountFacts
  meters: Pick<Meters, 'refused'>
  clock: Clock
  log: Log
}

/** The way to push, as far as the account has one, and what is known of that. */
export const openMessenger = (
  config: Config,
  { store, facts, meters, clock, log }: MessengerParts,
): { messenger: Messenger; account: AccountAbilities; api: WechatApi } => {
  const { WECHAT_APP_ID: appId = '', WECHAT_APP_SECRET: appSecret = '', WECHAT_API_BASE: apiBase } = config
  const accessToken = createAccessToken({ appId, appSecret, apiBase, fetch, store, clock, log })
  const api = createWechatApi({ apiBase, mpBase: config.WECHAT_MP_BASE, accessToken, fetch, log })
  const hasSecret = appId !== '' && appSecret !== ''
  const setting = config.WECHAT_ACCOUNT
  const account = createAccountAbilities({ setting, appId, hasSecret, api, facts, clock, log })
  return { messenger: createWechatMessenger({ api, account, meters, log }), account, api }
}
