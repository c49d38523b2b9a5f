import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Deliveries } from './delivery.ts'
import type { Turns } from './turn.ts'
import type { TurnQueue } from './turn-queue.ts'

const EVERY_MS = 30_000
const AT_ONCE = 1000

/**
 * Queues again what is unfinished and in nobody's hand, at the start and every 30 s: the database is the truth, and
 * a queue that lost a turn, a worker that died or a callback that never came back lose no answer.
 */
export const createSweep = (parts: {
  turns: Pick<Turns, 'unfinished'>
  deliveries: Pick<Deliveries, 'due'>
  queue: Pick<TurnQueue, 'add'>
  clock: Clock
  log: Log
}) => {
  const stopping = new AbortController()
  let running: Promise<void> | undefined

  const once = async (): Promise<number> => {
    const now = parts.clock.now()
    const ids = new Set([
      ...(await parts.turns.unfinished(now, AT_ONCE)),
      ...(await parts.deliveries.due(now, AT_ONCE)),
    ])
    for (const id of ids) await parts.queue.add(id)
    return ids.size
  }

  const forEver = async () => {
    while (!stopping.signal.aborted) {
      try {
        const count = await once()
        if (count > 0) parts.log.info({ count }, 'unfinished turns are queued again')
      } catch (err) {
        parts.log.error({ err }, 'the sweep failed, it comes again')
      }
      await parts.clock.sleep(EVERY_MS, stopping.signal)
    }
  }

  return {
    once,
    start() {
      running ??= forEver()
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}
