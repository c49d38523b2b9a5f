import type { Log } from '../base/log.ts'
import type { Deliveries } from './delivery.ts'
import { REPLY_SENT } from './incoming.ts'

/**
 * A reply has left when its response is out. One that did not get out, for its process died or WeChat hung up, and that
 * no later callback of the same message repeats, is pushed after all.
 */
export const createConfirmReply = (parts: { deliveries: Pick<Deliveries, 'confirmReply'>; log: Log }) => {
  const confirm = (turnId: string): void => {
    parts.deliveries
      .confirmReply(turnId)
      .catch((err) => parts.log.warn({ err, turnId }, 'a reply was not confirmed, it may come twice'))
  }
  const left = (turnId: string, gone: AbortSignal): void => {
    if (gone.reason === REPLY_SENT) confirm(turnId)
  }
  return (turnId: string, gone: AbortSignal | undefined): void => {
    if (!gone) confirm(turnId)
    else if (!gone.aborted) gone.addEventListener('abort', () => left(turnId, gone), { once: true })
  }
}
