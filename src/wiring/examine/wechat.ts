import type { Clock } from '../../base/clock.ts'
import type { Config } from '../../base/config.ts'
import { silentLog } from '../../base/log.ts'
import { createMemoryTokenStore } from '../../infra/cache/memory-token-store.ts'
import { createAccessToken } from '../../wechat/access-token.ts'
import { createWechatApi } from '../../wechat/api.ts'
import { isWechatFailure } from '../../wechat/api-errors.ts'
import { type AccountKind, probeAccount } from '../../wechat/probe-account.ts'
import { type Examination, error, ok, reasonOf, type Verdict, warning } from './check.ts'
import { keepFacts } from './facts.ts'

const CALL_MS = 2500

/** A token of its own asking, not the cached one: secret and IP allowlist are what is looked at. */
export const examineWechat = (config: Config, clock: Clock): Examination[] => {
  const { WECHAT_APP_ID: appId, WECHAT_APP_SECRET: appSecret, WECHAT_API_BASE: apiBase } = config
  if (config.SANDBOX) return [{ name: 'wechat', run: async () => simulated(config) }]
  if (!appId || !appSecret) return [{ name: 'wechat-token', run: async () => withoutSecret(config) }]

  const each = { apiBase, fetch, log: silentLog, timeoutMs: CALL_MS }
  const store = createMemoryTokenStore(clock)
  const accessToken = createAccessToken({ ...each, appId, appSecret, store, clock })
  const api = createWechatApi({ ...each, mpBase: config.WECHAT_MP_BASE, accessToken })
  let token: Promise<string> | undefined
  const getToken = () => {
    token ??= accessToken.get()
    return token
  }

  return [
    {
      name: 'wechat-token',
      run: () =>
        getToken().then(
          () => ok('WeChat gives an access token'),
          (thrown) => error(reasonOf(thrown), fixFor(thrown)),
        ),
    },
    {
      name: 'wechat-account',
      async run() {
        const usable = await getToken().then(
          () => true,
          () => false,
        )
        if (!usable) return warning('not asked: there is no access token')
        const result = await probeAccount(api)
        if (!result.ok) return warning(`not known: ${result.reason}`, result.hint)
        const { kind, pushes, sceneQr } = result
        const kept = await keepFacts(config, appId, { pushes, sceneQr, probedAt: clock.now() })
        return judgeAccount(config, kind, kept)
      },
    },
  ]
}

const simulated = ({ SANDBOX, WECHAT_APP_ID, WECHAT_TOKEN }: Config): Verdict =>
  SANDBOX && (WECHAT_APP_ID || WECHAT_TOKEN)
    ? warning('sandbox mode: WeChat is simulated, the real one was not asked', 'set SANDBOX=0 to go live')
    : warning(
        'sandbox mode: no WeChat credentials, WeChat is simulated',
        'set WECHAT_APP_ID, WECHAT_APP_SECRET, WECHAT_TOKEN and WECHAT_AES_KEY to go live',
      )

const withoutSecret = ({ WECHAT_ACCOUNT }: Config): Verdict => {
  const detail = "no AppSecret: callbacks alone are answered, late answers wait for the user's next word"
  return WECHAT_ACCOUNT === 'unverified'
    ? ok(detail)
    : warning(detail, 'set WECHAT_APP_ID and WECHAT_APP_SECRET')
}

const fixFor = (thrown: unknown): string => {
  if (!isWechatFailure(thrown)) return 'look at the message'
  const address = /invalid ip ([0-9a-f.:]*[0-9a-f])/i.exec(thrown.message)?.[1]
  return address
    ? `add ${address} to the IP allowlist of the account (基本配置 → IP白名单); it takes 1-5 minutes`
    : thrown.hint
}

const KINDS: { [kind in AccountKind]: string } = {
  service: 'a verified service account (服务号): it may push and have scene QR codes',
  verified: 'a verified account: it may push, without scene QR codes',
  unverified: "it may not push: late answers wait for the user's next word",
}

const judgeAccount = (config: Config, kind: AccountKind, kept: boolean): Verdict => {
  const { WECHAT_ACCOUNT: setting, WECHAT_QR_URL: picture } = config
  const detail = `${KINDS[kind]}${kept ? ' (remembered)' : ''}`
  if (setting !== 'auto' && setting !== kind) {
    const fix = `set WECHAT_ACCOUNT=auto, or ${kind}`
    return warning(`WECHAT_ACCOUNT=${setting}, but WeChat says: ${detail}`, fix)
  }
  if (kind === 'service' || picture) return ok(detail)
  return warning(
    `${detail}; the login page has no QR code to show`,
    "set WECHAT_QR_URL to a picture of the account's QR code (公众号设置 → 二维码), and WECHAT_ACCOUNT_NAME to its name",
  )
}
