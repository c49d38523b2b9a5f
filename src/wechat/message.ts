import { readEvent, type WechatEvent } from './event.ts'
import { type Fields, textOf, wordOf } from './xml.ts'

/** Every message has these. `account` is the Official Account's gh_ id, `createdAt` seconds since the epoch. */
export type Envelope = {
  account: string
  openid: string
  createdAt: number | undefined
  messageId: string | undefined
}

/** https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_standard_messages.html */
export type WechatMessage =
  | { type: 'text'; content: string; menuId?: string }
  | { type: 'image'; pictureUrl: string; mediaId: string }
  | { type: 'voice'; mediaId: string; format: string; recognition: string }
  | { type: 'video'; mediaId: string; thumbMediaId: string; short: boolean }
  | { type: 'location'; latitude: number; longitude: number; scale: number; label: string }
  | { type: 'link'; title: string; description: string; url: string }
  | { type: 'file'; title: string; description: string; fileKey: string; md5: string; bytes: number }
  | { type: 'event'; event: WechatEvent }
  | { type: 'unknown'; name: string }

export type Inbound = Envelope & { message: WechatMessage }

/** Types a parsed body. Undefined when the three fields nobody can answer without are missing. */
export const readInbound = (fields: Fields): Inbound | undefined => {
  const account = wordOf(fields, 'ToUserName')
  const openid = wordOf(fields, 'FromUserName')
  const type = wordOf(fields, 'MsgType')
  if (!account || !openid || !type) return undefined
  const createdAt = Number(wordOf(fields, 'CreateTime') ?? Number.NaN)
  return {
    account,
    openid,
    createdAt: Number.isFinite(createdAt) ? createdAt : undefined,
    // Kept as text: real ids exceed 2^53.
    messageId: wordOf(fields, 'MsgId') || undefined,
    message: readMessage(type, fields),
  }
}

const readMessage = (type: string, fields: Fields): WechatMessage => {
  const text = (name: string) => textOf(fields, name) ?? ''
  const number = (name: string) => Number(text(name)) || 0
  switch (type) {
    case 'text': {
      const menuId = textOf(fields, 'bizmsgmenuid')
      return { type, content: text('Content'), ...(menuId ? { menuId } : {}) }
    }
    case 'image':
      return { type, pictureUrl: text('PicUrl'), mediaId: text('MediaId') }
    case 'voice':
      return { type, mediaId: text('MediaId'), format: text('Format'), recognition: text('Recognition') }
    case 'video':
    case 'shortvideo':
      return {
        type: 'video',
        mediaId: text('MediaId'),
        thumbMediaId: text('ThumbMediaId'),
        short: type === 'shortvideo',
      }
    case 'location':
      return {
        type,
        latitude: number('Location_X'),
        longitude: number('Location_Y'),
        scale: number('Scale'),
        label: text('Label'),
      }
    case 'link':
      return { type, title: text('Title'), description: text('Description'), url: text('Url') }
    case 'file':
      return {
        type,
        title: text('Title'),
        description: text('Description'),
        fileKey: text('FileKey'),
        md5: text('FileMd5'),
        bytes: number('FileTotalLen'),
      }
    case 'event':
      return { type, event: readEvent(fields) }
    default:
      return { type: 'unknown', name: type }
  }
}
