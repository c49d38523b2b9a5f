import type { Clock } from '../base/clock.ts'
import { type Log, maskOpenId } from '../base/log.ts'
import type { Messenger, SendResult } from '../conversation/messenger.ts'
import type { WechatApi } from '../wechat/api.ts'
import { type Advice, WechatApiError, WechatNetworkError } from '../wechat/api-errors.ts'

/** After WeChat says that the account may not push, it is believed for so long. */
const DENIED_MS = 60 * 60_000

/** Pushes by customer-service message, and translates WeChat's refusals into what to do with the answer. */
export const createWechatMessenger = (api: WechatApi, clock: Clock, log: Log): Messenger => {
  let deniedUntil = 0

  return {
    mayPush: () => clock.now() >= deniedUntil,

    async sendText(openid, text) {
      try {
        await api.sendText(openid, text)
        return { ok: true }
      } catch (err) {
        if (!(err instanceof WechatApiError) && !(err instanceof WechatNetworkError)) throw err
        if (err.advice === 'not-granted') {
          deniedUntil = clock.now() + DENIED_MS
          log.warn({ err, hint: err.hint }, 'the account may not push: answers wait for the next word')
        } else if (err.advice === 'alarm' || err.advice === 'fix')
          log.error({ err, hint: err.hint }, 'WeChat refuses to take messages')
        const reason = err instanceof WechatApiError ? `errcode ${err.errcode}` : err.kind
        return { ok: false, next: NEXT[err.advice], reason }
      }
    },

    async showTyping(openid) {
      try {
        await api.typing(openid, 'Typing')
      } catch (err) {
        log.debug({ err, openid: maskOpenId(openid) }, 'no typing indicator')
      }
    },
  }
}

const NEXT: Record<Advice, Extract<SendResult, { ok: false }>['next']> = {
  retry: 'retry',
  'renew-token': 'retry',
  alarm: 'retry',
  hold: 'hold',
  'not-granted': 'hold',
  fix: 'hold',
  split: 'hold',
  ignore: 'hold',
  'give-up': 'give-up',
}

/** For an account that may only answer callbacks, by its kind or for want of an AppSecret. */
export const passiveOnly: Messenger = {
  mayPush: () => false,
  sendText: async () => ({ ok: false, next: 'hold', reason: 'the account may not push' }),
  showTyping: async () => {},
}
