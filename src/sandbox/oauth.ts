import { z } from 'zod'
import type { Clock } from '../base/clock.ts'
import { hostNameOf, isLoopbackName } from '../base/loopback.ts'
import type { Account, AccountKind, Random } from './account.ts'
import { OAUTH_CODE_LIFE_MS } from './rules.ts'

type Code = { openid: string; expiresAt: number; used: boolean; snapshot: boolean }

/** Where the browser goes next, or what WeChat's error page says. */
export type Authorized = { ok: true; url: string } | { ok: false; code: string; detail: string }

const asked = z.object({
  appid: z.string(),
  redirect_uri: z.string().max(2048),
  response_type: z.literal('code'),
  scope: z.enum(['snsapi_base', 'snsapi_userinfo']),
  state: z
    .string()
    .regex(/^[A-Za-z0-9]{0,128}$/)
    .default(''),
})

const MAX_CODES = 1000

/**
 * open.weixin.qq.com's authorization, and its end at the API. Everybody agrees at once. Numbers returned are error codes.
 * https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
 */
export const createOauth = (options: {
  account: Account
  kind: () => AccountKind
  clock: Clock
  random: Random
}) => {
  const { account, clock, random } = options
  const codes = new Map<string, Code>()

  const issue = (openid: string, snapshot: boolean): string => {
    const code = `0${random(24).toString('base64url').slice(0, 31)}`
    const [oldest] = codes.keys()
    if (oldest !== undefined && codes.size >= MAX_CODES) codes.delete(oldest)
    codes.set(code, { openid, expiresAt: clock.now() + OAUTH_CODE_LIFE_MS, used: false, snapshot })
    return code
  }

  return {
    /** `snapshot`: WeChat looks at the page by itself, with an OpenID that is nobody's. */
    authorize(query: unknown, openid: string, snapshot: boolean): Authorized {
      const request = asked.safeParse(query)
      if (!request.success)
        return { ok: false, code: 'invalid-input', detail: z.prettifyError(request.error) }
      const { appid, redirect_uri, state } = request.data
      if (appid !== account.appId) return { ok: false, code: 'invalid-appid', detail: 'AppID 参数错误' }
      if (options.kind() !== 'service')
        return { ok: false, code: 'no-scope', detail: 'scope 参数错误或没有 scope 权限' }
      const url = URL.canParse(redirect_uri) ? new URL(redirect_uri) : undefined
      // In the place of 网页授权域名: the sandbox sends nobody away from this machine.
      if (!url || !/^https?:$/.test(url.protocol) || !isLoopbackName(hostNameOf(url.host)))
        return { ok: false, code: 'invalid-redirect', detail: 'redirect_uri 域名与后台配置不一致' }
      url.searchParams.set('code', issue(openid, snapshot))
      url.searchParams.set('state', state)
      return { ok: true, url: url.href }
    },

    /** The answer of `/sns/oauth2/access_token`, or an error code. */
    exchange(query: URLSearchParams): Record<string, unknown> | number {
      if (!query.get('appid')) return 41002
      if (query.get('appid') !== account.appId) return 40013
      if (!query.get('secret')) return 41004
      if (query.get('secret') !== account.appSecret) return 40125
      if (query.get('grant_type') !== 'authorization_code') return 40002
      const asked = query.get('code')
      if (!asked) return 41008
      const code = codes.get(asked)
      if (!code || clock.now() >= code.expiresAt) return 40029
      if (code.used) return 40163
      code.used = true
      return {
        access_token: `68_${random(66).toString('base64url')}`,
        expires_in: 7200,
        refresh_token: `68_${random(66).toString('base64url')}`,
        openid: code.openid,
        scope: 'snsapi_base',
        ...(code.snapshot ? { is_snapshotuser: 1 } : {}),
      }
    },
  }
}

export type Oauth = ReturnType<typeof createOauth>
