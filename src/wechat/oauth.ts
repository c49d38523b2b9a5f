import { z } from 'zod'
import type { Log } from '../base/log.ts'
import { isWechatFailure, WechatApiError } from './api-errors.ts'
import { getJson } from './post-json.ts'

export type OauthOptions = {
  appId: string
  appSecret: string
  apiBase: string
  /** Where browsers are sent; `open.weixin.qq.com`, or what stands for it. */
  oauthBase: string
  fetch: typeof fetch
  log: Log
  timeoutMs?: number
}

/** wrong-code: unknown, used or too old · snapshot: not a person, WeChat looks at the page · unreachable: no usable answer. */
export type Exchanged =
  | { ok: true; openid: string }
  | { ok: false; reason: 'wrong-code' | 'snapshot' | 'unreachable' }

const PATH = '/sns/oauth2/access_token'
/** Bad code, no code, code used. */
const WRONG_CODE = [40029, 41008, 40163]
const CODE = /^[\w-]{1,512}$/

const Answer = z.object({
  openid: z.string().regex(/^[\w-]{1,128}$/),
  is_snapshotuser: z.int().optional(),
})

/**
 * Who it is that uses WeChat's own browser (网页授权), asked silently. For verified service accounts.
 * https://developers.weixin.qq.com/doc/offiaccount/OA_Web_Apps/Wechat_webpage_authorization.html
 */
export const createWechatOauth = (options: OauthOptions) => {
  const { appId, appSecret, log } = options
  return {
    /** `state`: at most 128 letters and digits. `redirectUri` has to be on the account's 网页授权域名. */
    authorizeUrl(state: string, redirectUri: string): string {
      // WeChat compares the order of the parameters.
      const query = new URLSearchParams([
        ['appid', appId],
        ['redirect_uri', redirectUri],
        ['response_type', 'code'],
        ['scope', 'snsapi_base'],
        ['state', state],
      ])
      return `${options.oauthBase}/connect/oauth2/authorize?${query}#wechat_redirect`
    },

    /** Never rejects. A code is good once, for five minutes. */
    async openidOf(code: string): Promise<Exchanged> {
      if (!CODE.test(code)) return { ok: false, reason: 'wrong-code' }
      try {
        const { openid, is_snapshotuser } = await getJson({
          ...{ fetch: options.fetch, apiBase: options.apiBase, path: PATH, answer: Answer },
          query: { appid: appId, secret: appSecret, code, grant_type: 'authorization_code' },
          ...{ timeoutMs: options.timeoutMs ?? 5000, secrets: [appSecret, code] },
        })
        return is_snapshotuser === 1 ? { ok: false, reason: 'snapshot' } : { ok: true, openid }
      } catch (err) {
        if (err instanceof WechatApiError && WRONG_CODE.includes(err.errcode))
          return { ok: false, reason: 'wrong-code' }
        const hint = isWechatFailure(err) ? err.hint : undefined
        log.error({ err, hint }, 'WeChat does not say who logs in')
        return { ok: false, reason: 'unreachable' }
      }
    },
  }
}
