import { randomBytes } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Ids } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import type { Tries } from '../base/tries.ts'
import { createLoginNotices, type LoginNotices } from '../conversation/login-notices.ts'
import type { Messenger } from '../conversation/messenger.ts'
import type { Meters } from '../conversation/meters.ts'
import type { Texts } from '../conversation/texts.ts'
import { createGuessGate } from '../identity/guess-gate.ts'
import { createLoginByCode, type LoginByCode } from '../identity/login-by-code.ts'
import { createLoginByOauth, type LoginByOauth } from '../identity/login-by-oauth.ts'
import { createLoginCodes, type LoginCodes } from '../identity/login-codes.ts'
import { createLoginTickets, type LoginTickets } from '../identity/login-tickets.ts'
import { createSessions, type Sessions } from '../identity/sessions.ts'
import type { Stores } from '../infra/db/stores.ts'
import type { AccountAbilities } from '../wechat/account.ts'
import type { WechatApi } from '../wechat/api.ts'
import { createWechatOauth } from '../wechat/oauth.ts'
import { createLoginWatch } from './login-watch.ts'
import { createWechatSceneQr } from './wechat-scene-qr.ts'

export type LoginParts = {
  stores: Pick<
    Stores,
    'sessions' | 'loginTickets' | 'loginCodes' | 'loginGate' | 'oauthStates' | 'users' | 'turns' | 'pushes'
  >
  /** The current app secret. */
  secret: Buffer
  limits: Tries
  api: WechatApi
  account: AccountAbilities
  meters: Pick<Meters, 'loginEnded'>
  /** A picture of the account's own QR code, if there is one. */
  accountQrUrl(): Promise<string | undefined>
  messenger: Messenger
  texts: Texts
  ids: Ids
  random: () => number
  clock: Clock
  log: Log
}

/** What the page logs in by. */
export type Login = {
  tickets: LoginTickets
  byCode: LoginByCode
  byOauth: LoginByOauth
  sessions: Sessions
}

/** Also what the chat needs of it, and what ends with the service. */
export const openLogin = (
  config: Config,
  parts: LoginParts,
): { login: Login; codes: LoginCodes; loginNotices: LoginNotices; stop: () => void } => {
  const { stores, limits: tries, api, account, random, clock, log } = parts
  const codes = createLoginCodes({ secret: parts.secret, store: stores.loginCodes, clock })
  const sessions = createSessions({ store: stores.sessions, ids: parts.ids, randomBytes })
  const { watch, stop } = createLoginWatch({ meters: parts.meters, clock, log })
  const { messenger, texts } = parts
  const loginNotices = createLoginNotices({
    sessions,
    users: stores.users,
    turns: stores.turns,
    pushes: stores.pushes,
    messenger,
    texts,
    clock,
    log,
  })
  const oauth = createWechatOauth({
    appId: config.WECHAT_APP_ID ?? '',
    appSecret: config.WECHAT_APP_SECRET ?? '',
    apiBase: config.WECHAT_API_BASE,
    oauthBase: config.WECHAT_OAUTH_BASE,
    fetch,
    log,
  })
  return {
    codes,
    loginNotices,
    stop,
    login: {
      sessions,
      tickets: createLoginTickets({
        store: stores.loginTickets,
        makeSceneQr: createWechatSceneQr({ api, account, clock, log }),
        accountQrUrl: parts.accountQrUrl,
        tries,
        randomBytes,
        clock,
      }),
      byCode: createLoginByCode({
        codes,
        sessions,
        gate: createGuessGate({ store: stores.loginGate, clock, random }),
        tries,
        watch,
        tell: loginNotices.push,
        clock,
      }),
      byOauth: createLoginByOauth({
        // The accounts with scene QR codes are those with web authorization: verified service accounts.
        gate: { ...oauth, isOpen: account.maySceneQr },
        states: stores.oauthStates,
        users: stores.users,
        sessions,
        tries,
        watch,
        tell: loginNotices.push,
        randomBytes,
        clock,
      }),
    },
  }
}
