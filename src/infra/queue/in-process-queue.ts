import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { TurnQueue } from '../../conversation/turn-queue.ts'

export type InProcessQueueOptions = {
  clock: Clock
  log: Log
  /** How often one id is tried before it is dropped. */
  attempts?: number
  /** The longest pause after the first failure; it doubles with each further one. */
  backoffMs?: number
  /** From 0 (included) to 1 (excluded). */
  random?: () => number
}

type Worker = { handle: (turnId: string) => Promise<void>; concurrency: number }

/** The queue of a single process: first in, first out. Closing forgets what waits; the sweep adds it again. */
export const createInProcessQueue = (options: InProcessQueueOptions): TurnQueue => {
  const { clock, log, attempts = 5, backoffMs = 1_000, random = Math.random } = options
  /** Failed attempts so far by id, in the order of arrival. */
  const waiting = new Map<string, number>()
  const pausing = new Set<string>()
  const running = new Map<string, Promise<void>>()
  const again = new Set<string>()
  const closing = new AbortController()
  let worker: Worker | undefined

  const startWaiting = () => {
    while (worker && running.size < worker.concurrency) {
      const [first] = waiting
      if (!first || closing.signal.aborted) return
      const [turnId, failures] = first
      waiting.delete(turnId)
      running.set(turnId, run(worker, turnId, failures))
    }
  }

  const run = async ({ handle }: Worker, turnId: string, failuresBefore: number) => {
    // The id has to be in `running` before its handler can add it again.
    await Promise.resolve()
    let retry = false
    try {
      await handle(turnId)
    } catch (err) {
      const attempt = failuresBefore + 1
      retry = attempt < attempts
      if (retry) log.warn({ err, turnId, attempt }, 'a turn failed and will be tried again')
      else log.error({ err, turnId, attempt }, 'a turn failed too often and is dropped')
    }
    running.delete(turnId)
    if (retry) void waitAndRetry(turnId, failuresBefore + 1)
    else if (again.delete(turnId)) waiting.set(turnId, 0)
    startWaiting()
  }

  const waitAndRetry = async (turnId: string, failures: number) => {
    pausing.add(turnId)
    // Half the pause is random, so that turns that failed together do not come back together.
    const longestMs = backoffMs * 2 ** (failures - 1)
    await clock.sleep(Math.round(longestMs * (1 - random() / 2)), closing.signal)
    pausing.delete(turnId)
    waiting.set(turnId, failures)
    startWaiting()
  }

  return {
    async add(turnId) {
      if (closing.signal.aborted) throw new Error('the queue is closed')
      if (running.has(turnId)) again.add(turnId)
      else if (!waiting.has(turnId) && !pausing.has(turnId)) waiting.set(turnId, 0)
      startWaiting()
    },
    async work(handle, concurrency) {
      if (worker) throw new Error('the queue already has a worker')
      worker = { handle, concurrency }
      startWaiting()
    },
    async close() {
      closing.abort()
      await Promise.all(running.values())
    },
  }
}
