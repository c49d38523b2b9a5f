import type { Redis } from 'ioredis'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { AnswerFeed, FeedEvent } from '../../conversation/answer-feed.ts'
import { createRedis } from '../redis.ts'
import { createListeners } from './listeners.ts'

export type RedisFeedOptions = {
  redisUrl: string
  clock: Clock
  log: Log
  /** Begins every key and channel; a colon follows it. */
  prefix?: string
  /** How long a turn's events are kept after its last one. */
  keepMs?: number
  /** How often readers look again by themselves, in case a notification was lost. */
  recheckMs?: number
}

type Row = { id: string; event: FeedEvent | undefined }

const PAGE = 500

/**
 * The feed of several processes: one Redis stream per turn holds the events, and a notification on the channel of
 * the same name tells the readers to look. All readers of a process share one subscriber connection.
 */
export const createRedisFeed = (options: RedisFeedOptions): AnswerFeed => {
  const { redisUrl, clock, log, prefix = 'yingda', keepMs = 600_000, recheckMs = 5_000 } = options
  const redis = createRedis(redisUrl, { log, name: 'yingda-feed' })
  const closing = new AbortController()
  const keyOf = (turnId: string) => `${prefix}:feed:${turnId}`
  const turnIdOf = (key: string) => key.slice(keyOf('').length)
  let subscriber: Redis | undefined
  let rechecking = false

  const listeners = createListeners({
    onFirst: (turnId) => {
      subscribe(turnId)
      void recheck()
    },
    onLast: (turnId) => {
      subscriber?.unsubscribe(keyOf(turnId)).catch((err) => log.debug({ err }, 'could not unsubscribe'))
    },
  })

  const openSubscriber = () => {
    const opened = createRedis(redisUrl, { log, name: 'yingda-feed-readers', waits: true })
    opened.on('message', (key: string) => listeners.wake(turnIdOf(key)))
    // What was published while the connection was gone has to be looked for.
    opened.on('ready', () => listeners.turnIds().forEach(subscribe))
    return opened
  }

  const subscribe = (turnId: string) => {
    subscriber ??= openSubscriber()
    // Whatever came between the reader's first look and this moment is found by a second look.
    subscriber.subscribe(keyOf(turnId)).then(
      () => listeners.wake(turnId),
      (err) => log.debug({ err }, 'could not subscribe'),
    )
  }

  const recheck = async () => {
    if (rechecking) return
    rechecking = true
    while (listeners.turnIds().length > 0 && !closing.signal.aborted) {
      await clock.sleep(recheckMs, closing.signal)
      listeners.wakeAll()
    }
    rechecking = false
  }

  /** `from` is a stream id, an excluded one `(id`, or `-`. */
  const page = async (turnId: string, from: string): Promise<Row[] | undefined> => {
    try {
      const rows = await redis.xrange(keyOf(turnId), from, '+', 'COUNT', PAGE)
      return rows.map(([id, fields]) => ({ id, event: decode(fields) }))
    } catch (err) {
      // The connection says by itself that Redis is away, once.
      if (!closing.signal.aborted) log.debug({ err, turnId }, 'could not read the feed, will look again')
      return undefined
    }
  }

  return {
    async publish(turnId, event) {
      if (closing.signal.aborted) throw new Error('the feed is closed')
      const key = keyOf(turnId)
      const results = await redis
        .multi()
        .xadd(key, '*', ...encode(event))
        .pexpire(key, keepMs)
        .publish(key, '')
        .exec()
      for (const [err] of results ?? []) if (err) throw err
    },

    async *read(turnId, { afterId, signal }) {
      if (closing.signal.aborted) return
      const listener = listeners.join(turnId, signal)
      const resumeId = afterId && STREAM_ID.test(afterId) ? afterId : undefined
      // A resuming reader looks at its last event again, to know whether that was the end.
      let from = resumeId ?? '-'
      try {
        while (!listener.isStopped()) {
          const rows = await Promise.race([page(turnId, from), listener.stopped])
          if (rows === 'stopped') return
          for (const { id, event } of rows ?? []) {
            if (listener.isStopped()) return
            from = `(${id}`
            if (event && id !== resumeId) yield { id, event }
            if (event?.type === 'finish' || event?.type === 'error') return
          }
          if (rows?.length !== PAGE) await listener.woken()
        }
      } finally {
        listener.leave()
      }
    },

    async close() {
      closing.abort()
      listeners.stopAll()
      subscriber?.disconnect()
      redis.disconnect()
    },
  }
}

/** Only what `XRANGE` accepts: two integers below 2^64. An afterId may come from a browser. */
const STREAM_ID = /^\d{1,18}-\d{1,18}$/

const encode = (event: FeedEvent): string[] => {
  switch (event.type) {
    case 'start':
    case 'finish':
      return ['type', event.type]
    case 'delta':
      return ['type', event.type, 'text', event.text]
    case 'error':
      return ['type', event.type, 'code', event.code]
  }
}

/** undefined for an event this version does not know. */
const decode = ([, type, , value = '']: string[]): FeedEvent | undefined => {
  switch (type) {
    case 'start':
    case 'finish':
      return { type }
    case 'delta':
      return { type, text: value }
    case 'error':
      return { type, code: value }
    default:
      return undefined
  }
}
