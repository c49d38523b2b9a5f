import { createHash } from 'node:crypto'
import type { Inbound } from './message.ts'

const ORDINARY_ID = /^\d{1,40}$/

/**
 * What makes two posts of one user the same message: MsgId, and for events CreateTime, Event and EventKey.
 * https://developers.weixin.qq.com/doc/offiaccount/Message_Management/Receiving_event_pushes.html
 *
 * A message without an id falls back on CreateTime and content; without CreateTime on the request's own timestamp
 * and nonce, so that a replayed request is never a new message.
 */
export const dedupKeyOf = (inbound: Inbound, request: { timestamp: string; nonce: string }): string => {
  const { message, messageId, createdAt } = inbound
  if (message.type !== 'event' && messageId)
    return ORDINARY_ID.test(messageId) ? `m:${messageId}` : `m:${digest(messageId)}`
  const when = createdAt === undefined ? [request.timestamp, request.nonce] : [createdAt]
  // CreateTime has only seconds, so the event's name and key belong to its identity.
  if (message.type === 'event') return `e:${digest([...when, message.event.name, message.event.key])}`
  return `f:${digest([...when, message])}`
}

const digest = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url')
