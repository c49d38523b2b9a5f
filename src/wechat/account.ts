import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { say } from '../base/say.ts'
import { type AccountFacts, rememberFacts } from './account-facts.ts'
import { watchAccount } from './account-watch.ts'
import type { WechatApi } from './api.ts'
import { type Abilities, type AccountKind, type ProbeResult, probeAccount } from './probe-account.ts'

/** What the account may do, as far as it is known. */
export type AccountAbilities = {
  /** Customer-service messages. True until it is known, so that the first push finds out. */
  mayPush(): boolean
  /** Scene QR codes. False until it is known: whatever wants one has another way. */
  maySceneQr(): boolean
  /** Reads what is remembered and finds out the rest in the background; needs no WeChat within reach. */
  start(): Promise<void>
  /** Ends what `start` began. */
  stop(): Promise<void>
  /** WeChat refused (48001, 40200) what was thought allowed: believed at once. */
  contradicted(what: keyof Abilities): void
  /** Asks now, and remembers. */
  probe(): Promise<ProbeResult>
}

export type AccountParts = {
  setting: 'auto' | AccountKind
  appId: string
  /** Without an AppSecret nothing can be called, whatever the setting says. */
  hasSecret: boolean
  api: WechatApi
  facts: AccountFacts
  clock: Clock
  log: Log
}

/** How long a refusal is believed before anybody asks again. */
const DENIED_MS = 60 * 60_000

const NAMES = {
  pushes: { zh: '主动发消息', en: 'customer-service messages' },
  sceneQr: { zh: '带参数的二维码', en: 'scene QR codes' },
} as const
const ALLOWED: { [kind in AccountKind]: Abilities } = {
  service: { pushes: true, sceneQr: true },
  verified: { pushes: true, sceneQr: false },
  unverified: { pushes: false, sceneQr: false },
}

export const createAccountAbilities = (parts: AccountParts): AccountAbilities => {
  if (!parts.hasSecret) return withoutSecret
  return parts.setting === 'auto' ? watchAccount(parts) : believed(parts, parts.setting)
}

const withoutSecret: AccountAbilities = {
  mayPush: () => false,
  maySceneQr: () => false,
  start: async () => {},
  stop: async () => {},
  contradicted: () => {},
  probe: async () => ({
    ok: false,
    reason: say({ zh: '没有 AppSecret，不能调用微信接口', en: 'there is no AppSecret to call WeChat with' }),
    hint: say({
      zh: '请设置 WECHAT_APP_ID 和 WECHAT_APP_SECRET',
      en: 'set WECHAT_APP_ID and WECHAT_APP_SECRET',
    }),
  }),
}

/** The operator says what it is. A refusal is believed for an hour, then the operator again. */
const believed = (parts: AccountParts, kind: AccountKind): AccountAbilities => {
  const { clock, log } = parts
  const deniedUntil = { pushes: 0, sceneQr: 0 }
  const may = (what: keyof Abilities) => ALLOWED[kind][what] && clock.now() >= deniedUntil[what]
  return {
    mayPush: () => may('pushes'),
    maySceneQr: () => may('sceneQr'),
    start: async () => {},
    stop: async () => {},
    contradicted(what) {
      if (!may(what)) return
      deniedUntil[what] = clock.now() + DENIED_MS
      const hint = say({
        zh: `按 WECHAT_ACCOUNT=${kind} 应该能用${NAMES[what].zh}，微信却拒绝了：请给公众号认证，或者设置 WECHAT_ACCOUNT=auto`,
        en: `WECHAT_ACCOUNT=${kind} promises ${NAMES[what].en}, WeChat refuses them: verify the account, or set WECHAT_ACCOUNT=auto`,
      })
      log.warn({ what, hint }, 'the account may do less than its setting says')
    },
    async probe() {
      const result = await probeAccount(parts.api)
      if (result.ok)
        await rememberFacts(parts, { pushes: result.pushes, sceneQr: result.sceneQr, probedAt: clock.now() })
      return result
    },
  }
}
