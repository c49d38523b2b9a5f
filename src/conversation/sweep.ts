import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { LEASE_MS } from './answer-turn.ts'
import type { Deliveries } from './delivery.ts'
import type { Elections } from './elections.ts'
import type { Turns } from './turn.ts'
import type { TurnQueue } from './turn-queue.ts'

const EVERY_MS = 30_000
const AT_ONCE = 1000
/** Whoever was adding to the queue when it came back has heard by then that it failed. */
const SETTLED_MS = 3000

/**
 * Queues again what is unfinished and in nobody's hand: the database is the truth, and a queue that lost a turn, a
 * worker that died or a callback that never came back lose no answer. At the start, once more when the leases of a
 * predecessor have run out, then every 30 s in one elected process.
 */
export const createSweep = (parts: {
  turns: Pick<Turns, 'unfinished'>
  deliveries: Pick<Deliveries, 'due' | 'takeBackReplies'>
  /** What the elected process does besides. */
  tidy: () => Promise<void>
  queue: Pick<TurnQueue, 'add'>
  elections: Elections
  /** Names this process. */
  holder: string
  clock: Clock
  log: Log
}) => {
  const { turns, deliveries, clock, log } = parts
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let catchingUp: Promise<void> | undefined

  const once = async (): Promise<number> => {
    const now = clock.now()
    const replies = await deliveries.takeBackReplies(now)
    if (replies > 0) log.warn({ replies }, 'replies whose process died are pushed')
    const ids = new Set([...(await turns.unfinished(now, AT_ONCE)), ...(await deliveries.due(now, AT_ONCE))])
    for (const id of ids) await parts.queue.add(id)
    return ids.size
  }

  const guarded = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (err) {
      log.error({ err }, 'the sweep failed, it comes again')
    }
  }
  const sweep = () =>
    guarded(async () => {
      const count = await once()
      if (count > 0) log.info({ count }, 'unfinished turns are queued again')
    })

  const forEver = async () => {
    await sweep()
    await clock.sleep(LEASE_MS + 500, stopping.signal)
    if (!stopping.signal.aborted) await sweep()
    while (!stopping.signal.aborted) {
      await clock.sleep(EVERY_MS, stopping.signal)
      if (stopping.signal.aborted) return
      await guarded(async () => {
        if (!(await isElected())) return
        await sweep()
        await parts.tidy()
      })
    }
  }

  const isElected = () => {
    const now = clock.now()
    return parts.elections.hold('sweep', parts.holder, now, now + 2 * EVERY_MS)
  }

  const catchUp = async () => {
    for (const waitMs of [0, SETTLED_MS]) {
      await clock.sleep(waitMs, stopping.signal)
      if (stopping.signal.aborted) return
      await guarded(async () => {
        if (await isElected()) await sweep()
      })
    }
  }

  return {
    once,
    start() {
      running ??= forEver()
    },
    /** The queue can be reached again: what it did not take meanwhile is queued now, not at the next sweep. */
    queueIsBack() {
      catchingUp ??= catchUp().finally(() => {
        catchingUp = undefined
      })
    },
    async stop() {
      stopping.abort()
      await running
      await catchingUp
    },
  }
}
