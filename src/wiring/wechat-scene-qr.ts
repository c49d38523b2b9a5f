import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { MakeSceneQr } from '../identity/login-tickets.ts'
import type { AccountAbilities } from '../wechat/account.ts'
import type { WechatApi } from '../wechat/api.ts'
import { isWechatFailure } from '../wechat/api-errors.ts'

/** Somebody looks at an empty frame meanwhile; the account's own QR code does as well. */
const WITHIN_MS = 3000

/** QR codes of one's own for accounts that may have them; for the others, and in trouble, none. */
export const createWechatSceneQr = (parts: {
  api: Pick<WechatApi, 'createSceneQr'>
  account: Pick<AccountAbilities, 'maySceneQr' | 'contradicted'>
  clock: Pick<Clock, 'sleep'>
  log: Log
}): MakeSceneQr => {
  const { api, account, clock, log } = parts

  const make: MakeSceneQr = async (scene, expireSeconds) => {
    try {
      return (await api.createSceneQr(scene, expireSeconds)).imageUrl
    } catch (err) {
      const failure = isWechatFailure(err) ? err : undefined
      if (failure?.advice === 'not-granted') account.contradicted('sceneQr')
      else log.error({ err, hint: failure?.hint }, 'WeChat makes no QR code to log in with')
      return undefined
    }
  }

  return async (scene, expireSeconds) => {
    if (!account.maySceneQr()) return undefined
    const over = new AbortController()
    const late = clock.sleep(WITHIN_MS, over.signal).then(() => undefined)
    return Promise.race([make(scene, expireSeconds), late]).finally(() => over.abort())
  }
}
