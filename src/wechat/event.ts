import { childOf, type Fields, listOf, textOf, wordOf } from './xml.ts'

/** https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html */
export type WechatEvent = { name: string; key: string } & (
  | { type: 'subscribe'; scene?: string; ticket?: string }
  | { type: 'unsubscribe' }
  | { type: 'scan'; scene: string; ticket: string }
  | { type: 'location'; latitude: number; longitude: number; precision: number }
  | { type: 'click' }
  | { type: 'view'; url: string; menuId: string }
  | { type: 'scancode'; waits: boolean; scanType: string; result: string }
  | { type: 'pictures'; count: number; md5s: string[] }
  | { type: 'location-select'; latitude: number; longitude: number; label: string; place: string }
  | { type: 'template-sent'; messageId: string; status: string }
  | { type: 'mass-sent'; messageId: string; status: string; sent: number; errors: number }
  | { type: 'subscribe-message'; items: SubscribeItem[] }
  | { type: 'agent-session'; agent: string; from?: string }
  | { type: 'verification'; expiresAt?: number; failedAt?: number; reason?: string }
  | { type: 'authorization-changed'; openid: string; info: string }
  | { type: 'enter' }
  | { type: 'unknown' }
)

type Details = WechatEvent extends infer E ? (E extends unknown ? Omit<E, 'name' | 'key'> : never) : never

export type SubscribeItem = { templateId: string; status: string; messageId?: string }

const SCENE_PREFIX = 'qrscene_'

export const readEvent = (fields: Fields): WechatEvent => {
  const name = wordOf(fields, 'Event') ?? ''
  const key = wordOf(fields, 'EventKey') ?? ''
  return { name, key, ...readDetails(name.toLowerCase(), key, fields) }
}

/** Old samples spell `scan`, new ones `SCAN`: names are compared without case. */
const readDetails = (name: string, key: string, fields: Fields): Details => {
  const text = (field: string, from: Fields | undefined = fields) => textOf(from, field) ?? ''
  const number = (field: string, from: Fields | undefined = fields) => Number(text(field, from)) || 0
  switch (name) {
    case 'subscribe':
      // The key is also seen as `last_trade_no_…` and `scanbarcode|…`: only a true scene is one.
      return key.startsWith(SCENE_PREFIX)
        ? { type: 'subscribe', scene: key.slice(SCENE_PREFIX.length), ticket: text('Ticket') }
        : { type: 'subscribe' }
    case 'unsubscribe':
      return { type: 'unsubscribe' }
    case 'scan':
      return { type: 'scan', scene: key, ticket: text('Ticket') }
    case 'location':
      return {
        type: 'location',
        latitude: number('Latitude'),
        longitude: number('Longitude'),
        precision: number('Precision'),
      }
    case 'click':
      return { type: 'click' }
    case 'view':
      return { type: 'view', url: key, menuId: text('MenuId') }
    case 'scancode_push':
    case 'scancode_waitmsg': {
      const info = childOf(fields, 'ScanCodeInfo')
      const waits = name === 'scancode_waitmsg'
      return { type: 'scancode', waits, scanType: text('ScanType', info), result: text('ScanResult', info) }
    }
    case 'pic_sysphoto':
    case 'pic_photo_or_album':
    case 'pic_weixin': {
      const info = childOf(fields, 'SendPicsInfo')
      const md5s = listOf(childOf(info, 'PicList'), 'item').map((item) => text('PicMd5Sum', item))
      return { type: 'pictures', count: number('Count', info), md5s }
    }
    case 'location_select': {
      const info = childOf(fields, 'SendLocationInfo')
      return {
        type: 'location-select',
        latitude: number('Location_X', info),
        longitude: number('Location_Y', info),
        label: text('Label', info),
        place: text('Poiname', info),
      }
    }
    // These three spell the id `MsgID`, unlike ordinary messages.
    case 'templatesendjobfinish':
      return { type: 'template-sent', messageId: text('MsgID'), status: text('Status') }
    case 'masssendjobfinish':
      return {
        type: 'mass-sent',
        messageId: text('MsgID'),
        status: text('Status'),
        sent: number('SentCount'),
        errors: number('ErrorCount'),
      }
    case 'subscribe_msg_popup_event':
    case 'subscribe_msg_change_event':
    case 'subscribe_msg_sent_event':
      return { type: 'subscribe-message', items: readSubscribeItems(fields) }
    case 'kf_create_session':
    case 'kf_close_session':
      return { type: 'agent-session', agent: text('KfAccount') }
    case 'kf_switch_session':
      return { type: 'agent-session', agent: text('ToKfAccount'), from: text('FromKfAccount') }
    case 'qualification_verify_success':
    case 'qualification_verify_fail':
    case 'naming_verify_success':
    case 'naming_verify_fail':
    case 'annual_renew':
    case 'verify_expired':
      return {
        type: 'verification',
        expiresAt: number('ExpiredTime'),
        failedAt: number('FailTime'),
        reason: text('FailReason'),
      }
    case 'user_info_modified':
    case 'user_authorization_revoke':
    case 'user_authorization_cancellation':
      return { type: 'authorization-changed', openid: text('OpenID'), info: text('RevokeInfo') }
    case 'enter':
      return { type: 'enter' }
    default:
      return { type: 'unknown' }
  }
}

const readSubscribeItems = (fields: Fields): SubscribeItem[] => {
  const holder =
    childOf(fields, 'SubscribeMsgPopupEvent') ??
    childOf(fields, 'SubscribeMsgChangeEvent') ??
    childOf(fields, 'SubscribeMsgSentEvent')
  return listOf(holder, 'List').map((item) => {
    const messageId = textOf(item, 'MsgID')
    return {
      templateId: textOf(item, 'TemplateId') ?? '',
      status: textOf(item, 'SubscribeStatusString') ?? textOf(item, 'ErrorStatus') ?? '',
      ...(messageId ? { messageId } : {}),
    }
  })
}
