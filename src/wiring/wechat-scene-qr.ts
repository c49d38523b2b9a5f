import type { Log } from '../base/log.ts'
import type { MakeSceneQr } from '../identity/login-tickets.ts'
import type { AccountAbilities } from '../wechat/account.ts'
import type { WechatApi } from '../wechat/api.ts'
import { isWechatFailure } from '../wechat/api-errors.ts'

/** QR codes of one's own for accounts that may have them; for the others, and in trouble, none. */
export const createWechatSceneQr = (parts: {
  api: Pick<WechatApi, 'createSceneQr'>
  account: Pick<AccountAbilities, 'maySceneQr' | 'contradicted'>
  log: Log
}): MakeSceneQr => {
  const { api, account, log } = parts
  return async (scene, expireSeconds) => {
    if (!account.maySceneQr()) return undefined
    try {
      return (await api.createSceneQr(scene, expireSeconds)).imageUrl
    } catch (err) {
      const failure = isWechatFailure(err) ? err : undefined
      if (failure?.advice === 'not-granted') account.contradicted('sceneQr')
      else log.error({ err, hint: failure?.hint }, 'WeChat makes no QR code to log in with')
      return undefined
    }
  }
}
