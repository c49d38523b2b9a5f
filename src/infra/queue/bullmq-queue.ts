import { randomBytes } from 'node:crypto'
import { isNotConnectionError, type Job, Queue, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { systemClock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { TurnQueue } from '../../conversation/turn-queue.ts'
import { createRedis } from '../redis.ts'

export type BullmqQueueOptions = {
  redisUrl: string
  log: Log
  /** Begins every key; a colon follows it. The braces keep all keys of a script in one slot of a cluster. */
  prefix?: string
  /** How often one id is tried before it is dropped. */
  attempts?: number
  /** The longest pause after the first failure; it doubles with each further one. */
  backoffMs?: number
  /**
   * How long a worker may be silent before another takes over its turns. Renewed twice in that time, so it bounds
   * how long the event loop may be blocked, not how long an answer may take.
   */
  lockMs?: number
  /** Turns can be added: at first, and whenever Redis is back. */
  onReady?: () => void
}

type Work = { turnId: string }
type Running = { worker: Worker<Work>; redis: Redis; handlers: Set<Promise<void>>; ran: Promise<void> }

const QUEUE_NAME = 'turns'
/** How long closing waits for Redis to be told of the last results. */
const FAREWELL_MS = 2_000

/**
 * Says no more than that Redis is away, which its connection has logged by itself, or that a result was told twice
 * because the connection broke while it was told.
 */
const isOutage = (err: Error): boolean =>
  !isNotConnectionError(err) || /^(Socket timeout|Command timed out|Missing key for job)/.test(err.message)

/** The queue of several processes: some add, some work, all on one Redis. */
export const createBullmqQueue = (options: BullmqQueueOptions): TurnQueue => {
  const { redisUrl, log, prefix = '{yingda}', attempts = 5, backoffMs = 1_000, lockMs = 10_000 } = options
  const onError = (err: Error) => {
    // The connections log their own outages, once each; BullMQ reports every attempt.
    if (isOutage(err)) log.debug({ err }, 'the queue has no connection')
    else log.error({ err }, 'the queue reports an error')
  }

  const onReady = options.onReady ?? (() => {})
  const adding = createRedis(redisUrl, { log, name: 'yingda-queue', onReady })
  const queue = new Queue<Work>(QUEUE_NAME, {
    connection: adding,
    prefix,
    // Both would make `add` wait for a Redis that is down, however long.
    skipWaitingForReady: true,
    skipVersionCheck: true,
    // Nobody reads BullMQ's event stream.
    streams: { events: { maxLen: 100 } },
    defaultJobOptions: {
      attempts,
      backoff: { type: 'exponential', delay: backoffMs, jitter: 0.5 },
      removeOnComplete: true,
      removeOnFail: true,
      stackTraceLimit: 0,
    },
  })
  queue.on('error', onError)

  let closed: Promise<void> | undefined
  let running: Running | undefined
  let giveUpStarting = () => {}

  const start = (handle: (turnId: string) => Promise<void>, concurrency: number): Running => {
    const handlers = new Set<Promise<void>>()
    const perform = async ({ data }: Job<Work>) => {
      const handler = Promise.resolve(data.turnId).then(handle)
      handlers.add(handler)
      try {
        await handler
      } catch (thrown) {
        throw thrown instanceof Error ? thrown : new Error(String(thrown))
      } finally {
        handlers.delete(handler)
      }
    }
    const redis = createRedis(redisUrl, { log, name: 'yingda-worker', waits: true })
    const worker = new Worker<Work>(QUEUE_NAME, perform, {
      connection: redis,
      prefix,
      autorun: false,
      concurrency,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      // A turn whose worker vanished (killed, out of memory) is taken over, but not for ever.
      maxStalledCount: 2,
      // After an error; BullMQ's own is a quarter of a minute.
      runRetryDelay: 1_000,
    })
    worker.on('error', onError)
    worker.on('stalled', (jobId) => log.warn({ jobId }, 'a worker vanished, its turn is taken over'))
    worker.on('failed', (job, err) => {
      const fields = { err, turnId: job?.data.turnId, attempt: job?.attemptsMade }
      if (job?.finishedOn) log.error(fields, 'a turn failed too often and is dropped')
      else log.warn(fields, 'a turn failed and will be tried again')
    })
    return { worker, redis, handlers, ran: worker.run().catch(onError) }
  }

  /**
   * BullMQ's own closing never ends when Redis is down, because it waits for a connection to end that is already
   * gone. So: stop fetching, let the loop run out, and when no handler has been running for a moment and the loop
   * still waits, leave without farewell. What stays untold is taken over by another worker.
   */
  const stop = async ({ worker, redis, handlers, ran }: Running) => {
    await worker.pause(true)
    worker.getBackend().disconnectBlocking(false).catch(onError)
    const left = new AbortController()
    await Promise.race([ran.finally(() => left.abort()), untilIdle(handlers, left.signal)])
    left.abort()
    await worker.close(true)
    redis.disconnect()
  }

  const closeAll = async () => {
    giveUpStarting()
    if (running) await stop(running)
    await queue.close()
    adding.disconnect()
  }

  return {
    async add(turnId) {
      if (closed) throw new Error('the queue is closed')
      // The id names the turn, for dashboards and logs, but is not the turn's alone: BullMQ silently ignores the id
      // of a job that is just running. The deduplication with keepLastIfActive runs it once more instead.
      // https://docs.bullmq.io/guide/jobs/deduplication#keep-last-if-active-mode
      const jobId = `${turnId}.${randomBytes(6).toString('hex')}`
      await queue.add('turn', { turnId }, { jobId, deduplication: { id: turnId, keepLastIfActive: true } })
    },
    async work(handle, concurrency) {
      if (closed) throw new Error('the queue is closed')
      if (running) throw new Error('the queue already has a worker')
      running = start(handle, concurrency)
      const gaveUp = new Promise<void>((resolve) => {
        giveUpStarting = resolve
      })
      await Promise.race([running.worker.waitUntilReady(), gaveUp])
    },
    close() {
      closed ??= closeAll()
      return closed
    },
  }
}

const untilIdle = async (handlers: Set<Promise<void>>, signal: AbortSignal) => {
  do {
    await Promise.allSettled(handlers)
    await systemClock.sleep(FAREWELL_MS, signal)
  } while (handlers.size > 0)
}
