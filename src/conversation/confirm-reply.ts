import type { Log } from '../base/log.ts'
import type { Deliveries } from './delivery.ts'

/**
 * A reply has left when its connection is closed. One whose process dies before that, and that no later callback of the
 * same message repeats, is pushed after all.
 */
export const createConfirmReply = (parts: { deliveries: Pick<Deliveries, 'confirmReply'>; log: Log }) => {
  const confirm = (turnId: string): void => {
    parts.deliveries
      .confirmReply(turnId)
      .catch((err) => parts.log.warn({ err, turnId }, 'a reply was not confirmed, it may come twice'))
  }
  return (turnId: string, gone: AbortSignal | undefined): void => {
    if (gone?.aborted === false) gone.addEventListener('abort', () => confirm(turnId), { once: true })
    else if (!gone) confirm(turnId)
  }
}
