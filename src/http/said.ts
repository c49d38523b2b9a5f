import type { Incoming, Said } from '../conversation/incoming.ts'
import type { WechatMessage } from '../wechat/message.ts'

/** A WeChat message in the conversation's words. */
export const saidOf = (message: WechatMessage): Said => {
  switch (message.type) {
    case 'text':
      return { kind: 'text', text: message.content.toWellFormed() }
    case 'voice':
      // WeChat no longer recognises speech for most accounts; where it does, the words are a text.
      return message.recognition.trim() === ''
        ? { kind: 'voice' }
        : { kind: 'text', text: message.recognition.toWellFormed() }
    case 'image':
    case 'video':
    case 'location':
    case 'link':
    case 'file':
      return { kind: message.type }
    case 'event':
      return saidByEvent(message.event)
    case 'unknown':
      return { kind: 'other' }
  }
}

const saidByEvent = (event: Extract<WechatMessage, { type: 'event' }>['event']): Said => {
  switch (event.type) {
    case 'subscribe':
      return event.scene === undefined ? { kind: 'followed' } : { kind: 'followed', scene: event.scene }
    case 'unsubscribe':
      return { kind: 'unfollowed' }
    case 'scan':
      return { kind: 'scanned', scene: event.scene }
    case 'click':
      return { kind: 'menu', key: event.key }
    default:
      return { kind: 'other' }
  }
}

/**
 * What the act lets the account push. A tap on a menu message comes as text, but counts as a tap.
 * https://developers.weixin.qq.com/doc/subscription/guide/product/message/Customer_Service_Message_Restrictions.html
 */
export const grantsOf = (message: WechatMessage): Pick<Incoming, 'grants'> => {
  if (message.type !== 'event')
    return { grants: message.type === 'text' && message.menuId ? 'tap' : 'message' }
  const taps: readonly string[] = ['click', 'scancode', 'subscribe', 'scan']
  return taps.includes(message.event.type) ? { grants: 'tap' } : {}
}
