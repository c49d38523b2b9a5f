import { join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import type { Config } from '../../base/config.ts'
import { silentLog } from '../../base/log.ts'
import { say, type Words } from '../../base/say.ts'
import { createMemoryTokenStore } from '../../infra/cache/memory-token-store.ts'
import { createAccessToken } from '../../wechat/access-token.ts'
import { createWechatApi } from '../../wechat/api.ts'
import { isWechatFailure } from '../../wechat/api-errors.ts'
import { type AccountKind, probeAccount } from '../../wechat/probe-account.ts'
import { openPublicFiles } from '../public-files.ts'
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
          () => ok(say({ zh: '微信给了 access token', en: 'WeChat gives an access token' })),
          (thrown) =>
            error(
              say({ zh: `微信不给 access token（${reasonOf(thrown)}）`, en: reasonOf(thrown) }),
              fixFor(thrown),
            ),
        ),
    },
    {
      name: 'wechat-account',
      async run() {
        const usable = await getToken().then(
          () => true,
          () => false,
        )
        if (!usable)
          return warning(say({ zh: '没有 access token，没有问', en: 'not asked: there is no access token' }))
        const result = await probeAccount(api)
        if (!result.ok)
          return warning(
            say({ zh: `还不知道（${result.reason}）`, en: `not known: ${result.reason}` }),
            result.hint,
          )
        const { kind, pushes, sceneQr } = result
        const kept = await keepFacts(config, appId, { pushes, sceneQr, probedAt: clock.now() })
        return judgeAccount(config, kind, kept)
      },
    },
  ]
}

const simulated = ({ SANDBOX, WECHAT_APP_ID, WECHAT_TOKEN }: Config): Verdict =>
  SANDBOX && (WECHAT_APP_ID || WECHAT_TOKEN)
    ? warning(
        say({
          zh: '沙盒模式：微信是模拟的，没有问真的微信',
          en: 'sandbox mode: WeChat is simulated, the real one was not asked',
        }),
        say({ zh: '要上线，请设置 SANDBOX=0', en: 'set SANDBOX=0 to go live' }),
      )
    : warning(
        say({
          zh: '沙盒模式：没有填公众号的信息，微信是模拟的',
          en: 'sandbox mode: no WeChat credentials, WeChat is simulated',
        }),
        say({
          zh: '要上线，请设置 WECHAT_APP_ID、WECHAT_APP_SECRET、WECHAT_TOKEN 和 WECHAT_AES_KEY',
          en: 'set WECHAT_APP_ID, WECHAT_APP_SECRET, WECHAT_TOKEN and WECHAT_AES_KEY to go live',
        }),
      )

const withoutSecret = ({ WECHAT_ACCOUNT }: Config): Verdict => {
  const detail = say({
    zh: '没有 AppSecret：只能在回调里回答，来不及的回答要等用户再发一句',
    en: "no AppSecret: callbacks alone are answered, late answers wait for the user's next word",
  })
  if (WECHAT_ACCOUNT === 'unverified') return ok(detail)
  return warning(
    detail,
    say({
      zh: '请设置 WECHAT_APP_ID 和 WECHAT_APP_SECRET',
      en: 'set WECHAT_APP_ID and WECHAT_APP_SECRET',
    }),
  )
}

const fixFor = (thrown: unknown): string => {
  if (!isWechatFailure(thrown)) return say({ zh: '请看上面的信息', en: 'look at the message' })
  const address = /invalid ip ([0-9a-f.:]*[0-9a-f])/i.exec(thrown.message)?.[1]
  return address
    ? say({
        zh: `请把 ${address} 加到公众号的 IP 白名单（设置与开发 → 开发接口管理），1 到 5 分钟后生效`,
        en: `add ${address} to the IP allowlist of the account (设置与开发 → 开发接口管理); it takes 1-5 minutes`,
      })
    : thrown.hint
}

const KINDS: { [kind in AccountKind]: Words } = {
  service: {
    zh: '已认证的服务号：能主动发消息，能生成带参数的二维码',
    en: 'a verified service account (服务号): it may push and have scene QR codes',
  },
  verified: {
    zh: '已认证的公众号：能主动发消息，不能生成带参数的二维码',
    en: 'a verified account: it may push, without scene QR codes',
  },
  unverified: {
    zh: '不能主动发消息：来不及的回答要等用户再发一句',
    en: "it may not push: late answers wait for the user's next word",
  },
}

const judgeAccount = async (config: Config, kind: AccountKind, kept: boolean): Promise<Verdict> => {
  const { WECHAT_ACCOUNT: setting, WECHAT_QR_URL, CONFIG_DIR } = config
  const picture = WECHAT_QR_URL ?? (await openPublicFiles(CONFIG_DIR).picture())
  const detail = `${say(KINDS[kind])}${kept ? say({ zh: '（已记住）', en: ' (remembered)' }) : ''}`
  if (setting !== 'auto' && setting !== kind)
    return warning(
      say({
        zh: `设置的是 WECHAT_ACCOUNT=${setting}，微信却说：${detail}`,
        en: `WECHAT_ACCOUNT=${setting}, but WeChat says: ${detail}`,
      }),
      say({
        zh: `请设置 WECHAT_ACCOUNT=auto，或 ${kind}`,
        en: `set WECHAT_ACCOUNT=auto, or ${kind}`,
      }),
    )
  if (kind === 'service' || picture) return ok(detail)
  const place = join(CONFIG_DIR, 'public', 'qr.png')
  return warning(
    say({ zh: `${detail}；登录页没有二维码可显示`, en: `${detail}; the login page has no QR code to show` }),
    say({
      zh: `请把公众号二维码图片（公众号设置 → 二维码）存成 ${place}（或把它的网址设成 WECHAT_QR_URL），WECHAT_ACCOUNT_NAME 设成公众号的名称`,
      en: `save the account's QR code (公众号设置 → 二维码) as ${place}, or set WECHAT_QR_URL to its address; set WECHAT_ACCOUNT_NAME to its name`,
    }),
  )
}
