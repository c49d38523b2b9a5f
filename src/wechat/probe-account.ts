import type { WechatApi } from './api.ts'
import { isWechatFailure, WechatApiError } from './api-errors.ts'

/** service: verified 服务号 (or 测试号) · verified: verified 公众号/订阅号 · unverified: may answer callbacks only. */
export type AccountKind = 'service' | 'verified' | 'unverified'

/** What an account may do: customer-service messages, scene QR codes. */
export type Abilities = { pushes: boolean; sceneQr: boolean }

/** `ok: false`: nothing is known, for want of a token or of an answer. `reason` and `hint` hold no secrets. */
export type ProbeResult =
  | ({ ok: true; kind: AccountKind } & Abilities)
  | { ok: false; reason: string; hint: string }

/** Real OpenIDs have 28 characters: this one is nobody's. */
const NOBODY = 'yingda-probe'
const QR_SECONDS = 60

/** Refusals about the user, which only an account that has the permission gets to hear. */
const ABOUT_THE_USER = [40003, 43004, 45015, 45047, 45080, 45081, 50005]

/**
 * Asks WeChat what the account may do, without writing to anybody: a typing notice to nobody, a QR code that nobody
 * sees and that lasts a minute.
 * @throws whatever the token store throws
 */
export const probeAccount = async (api: WechatApi): Promise<ProbeResult> => {
  try {
    const pushes = await isGranted(() => api.typing(NOBODY, 'Typing'))
    const sceneQr = await isGranted(() => api.createSceneQr(NOBODY, QR_SECONDS))
    return { ok: true, kind: kindOf({ pushes, sceneQr }), pushes, sceneQr }
  } catch (err) {
    if (isWechatFailure(err)) return { ok: false, reason: err.message, hint: err.hint }
    throw err
  }
}

/** Only verified service accounts may have scene QR codes, and only verified accounts may push. */
export const kindOf = ({ pushes, sceneQr }: Abilities): AccountKind =>
  sceneQr ? 'service' : pushes ? 'verified' : 'unverified'

const isGranted = async (call: () => Promise<unknown>): Promise<boolean> => {
  try {
    await call()
    return true
  } catch (err) {
    if (!(err instanceof WechatApiError)) throw err
    if (err.advice === 'not-granted') return false
    if (ABOUT_THE_USER.includes(err.errcode)) return true
    throw err
  }
}
