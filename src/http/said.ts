import type { Said } from '../conversation/incoming.ts'
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
