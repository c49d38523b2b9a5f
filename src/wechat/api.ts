import { z } from 'zod'
import type { Log } from '../base/log.ts'
import type { AccessToken } from './access-token.ts'
import { WechatApiError } from './api-errors.ts'
import { postJson } from './post-json.ts'

export type SceneQr = {
  ticket: string
  /** What the code says; for drawing it oneself. */
  url: string
  expireSeconds: number
  /** An image that needs no login. */
  imageUrl: string
}

/**
 * Calls that act for the account. Each repeats once with a newer token when WeChat rejects the token, and otherwise
 * never repeats: the caller follows the `advice` of the error.
 * @throws WechatApiError when WeChat refuses
 * @throws WechatNetworkError when no usable answer comes; the call may still have had its effect
 */
export type WechatApi = {
  /** A customer-service text message. About 2000 bytes of UTF-8 at most (45002). */
  sendText(openid: string, text: string): Promise<void>
  /** The typing notice: shown for 15 s, and only to those who wrote in the last 30 s. */
  typing(openid: string, command: 'Typing' | 'CancelTyping'): Promise<void>
  /** A temporary QR code. `scene`: 1 to 64 characters; `expireSeconds`: 1 s to 30 days. */
  createSceneQr(scene: string, expireSeconds: number): Promise<SceneQr>
}

export const SEND_PATH = '/cgi-bin/message/custom/send'

export type WechatApiOptions = {
  apiBase: string
  /** Where the QR images are. */
  mpBase: string
  accessToken: AccessToken
  fetch: typeof fetch
  log: Log
  /** For one HTTP call. */
  timeoutMs?: number
}

const MAX_EXPIRE_SECONDS = 2_592_000

const Done = z.object({ errcode: z.literal(0) })
const Ticket = z.object({ ticket: z.string().min(1), url: z.string(), expire_seconds: z.int().positive() })

export const createWechatApi = (options: WechatApiOptions): WechatApi => {
  const { apiBase, mpBase, accessToken, fetch, log, timeoutMs = 5000 } = options

  const call = async <T>(path: string, body: object, answer: z.ZodType<T>): Promise<T> => {
    const post = (token: string) =>
      postJson({ fetch, apiBase, path, token, body, answer, timeoutMs, secrets: [token] })
    const token = await accessToken.get()
    try {
      return await post(token)
    } catch (err) {
      if (!(err instanceof WechatApiError) || err.advice !== 'renew-token') throw err
      log.info({ path, errcode: err.errcode, rid: err.rid }, 'WeChat rejected the access token')
      return await post(await accessToken.renew(token))
    }
  }

  return {
    // https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Service_Center_messages.html
    async sendText(openid, text) {
      await call(SEND_PATH, { touser: openid, msgtype: 'text', text: { content: text } }, Done)
    },

    async typing(openid, command) {
      await call('/cgi-bin/message/custom/typing', { touser: openid, command }, Done)
    },

    // https://developers.weixin.qq.com/doc/offiaccount/Account_Management/Generating_a_Parametric_QR_Code.html
    async createSceneQr(scene, expireSeconds) {
      if (scene.length < 1 || scene.length > 64) throw new RangeError('a scene has 1 to 64 characters')
      if (!Number.isInteger(expireSeconds) || expireSeconds < 1 || expireSeconds > MAX_EXPIRE_SECONDS) {
        throw new RangeError(`a temporary QR code lives 1 to ${MAX_EXPIRE_SECONDS} seconds`)
      }
      const body = {
        expire_seconds: expireSeconds,
        action_name: 'QR_STR_SCENE',
        action_info: { scene: { scene_str: scene } },
      }
      const { ticket, url, expire_seconds } = await call('/cgi-bin/qrcode/create', body, Ticket)
      const imageUrl = `${mpBase.replace(/\/+$/, '')}/cgi-bin/showqrcode?ticket=${encodeURIComponent(ticket)}`
      return { ticket, url, expireSeconds: expire_seconds, imageUrl }
    },
  }
}
