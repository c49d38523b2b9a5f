import { type Log, maskOpenId } from '../base/log.ts'
import type { Messenger, SendResult } from '../conversation/messenger.ts'
import type { Meters } from '../conversation/meters.ts'
import { byteLength, splitText } from '../conversation/split-text.ts'
import type { AccountAbilities } from '../wechat/account.ts'
import { SEND_PATH, type WechatApi } from '../wechat/api.ts'
import { WechatApiError, WechatNetworkError } from '../wechat/api-errors.ts'
import type { Advice } from '../wechat/error-codes.ts'

/** Pushes by customer-service message, and translates WeChat's refusals into what to do with the answer. */
export const createWechatMessenger = (parts: {
  api: Pick<WechatApi, 'sendText' | 'typing'>
  account: Pick<AccountAbilities, 'mayPush' | 'contradicted'>
  meters: Pick<Meters, 'refused'>
  log: Log
}): Messenger => {
  const { api, account, meters, log } = parts

  return {
    mayPush: account.mayPush,

    async sendText(openid, text) {
      try {
        await sendSplit(api, openid, text)
        return { ok: true }
      } catch (err) {
        if (!(err instanceof WechatApiError) && !(err instanceof WechatNetworkError)) throw err
        meters.refused(err instanceof WechatApiError ? err.errcode : 'network')
        if (err.advice === 'not-granted') account.contradicted('pushes')
        else if (err.advice === 'alarm' || err.advice === 'fix')
          log.error({ err, hint: err.hint }, 'WeChat refuses to take messages')
        const reason = err instanceof WechatApiError ? `errcode ${err.errcode}` : err.kind
        return { ok: false, next: isUnsure(err) ? 'unsure' : NEXT[err.advice], reason }
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

/** The message itself was on its way, not the call for a token before it. */
const isUnsure = (err: WechatApiError | WechatNetworkError): boolean =>
  err instanceof WechatNetworkError && err.path === SEND_PATH && err.mayBeDone

/** Should WeChat find a text too long after all (45002), it goes out in two halves, in order. */
const sendSplit = async (api: Pick<WechatApi, 'sendText'>, openid: string, text: string): Promise<void> => {
  try {
    await api.sendText(openid, text)
  } catch (err) {
    const half = Math.ceil(byteLength(text) / 2)
    if (!(err instanceof WechatApiError) || err.advice !== 'split' || half < LEAST_BYTES) throw err
    for (const part of splitText(text, half)) await sendSplit(api, openid, part)
  }
}

/** Texts this short are refused for another reason than their length. */
const LEAST_BYTES = 200

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
