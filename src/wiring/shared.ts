import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import type { AnswerFeed } from '../conversation/answer-feed.ts'
import type { RateLimits } from '../conversation/rate-limits.ts'
import type { TurnQueue } from '../conversation/turn-queue.ts'
import type { TokenStore } from '../wechat/token-store.ts'

/** What the processes of one installation share, or a single process keeps to itself. */
export type Shared = {
  queue: TurnQueue
  feed: AnswerFeed
  rateLimits: RateLimits
  tokenStore: TokenStore
  ping?: () => Promise<unknown>
  /** `listener` hears each time that the queue can be reached again. */
  whenQueueIsBack(listener: () => void): void
}

/**
 * Without Redis everything lives in this process; the libraries of the other way are not even loaded.
 * @throws Error, a sentence for the operator, when Redis answers and will not do
 */
export const openShared = async (config: Config, clock: Clock, log: Log): Promise<Shared> => {
  const redisUrl = config.REDIS_URL
  if (!redisUrl) {
    const { createInProcessQueue } = await import('../infra/queue/in-process-queue.ts')
    const { createMemoryFeed } = await import('../infra/feed/memory-feed.ts')
    const { createMemoryRateLimits } = await import('../infra/cache/memory-rate-limits.ts')
    const { createMemoryTokenStore } = await import('../infra/cache/memory-token-store.ts')
    return {
      queue: createInProcessQueue({ clock, log }),
      feed: createMemoryFeed({ clock }),
      rateLimits: createMemoryRateLimits(),
      tokenStore: createMemoryTokenStore(clock),
      whenQueueIsBack: () => {},
    }
  }
  const { createRedis } = await import('../infra/redis.ts')
  const { refusalOf } = await import('../infra/redis-refusal.ts')
  const { createBullmqQueue } = await import('../infra/queue/bullmq-queue.ts')
  const { createRedisFeed } = await import('../infra/feed/redis-feed.ts')
  const { createRedisRateLimits } = await import('../infra/cache/redis-rate-limits.ts')
  const { createRedisTokenStore } = await import('../infra/cache/redis-token-store.ts')
  const redis = createRedis(redisUrl, { log, name: 'yingda-cache' })
  const refusal = await refusalOf(redis).catch(() => undefined)
  if (refusal) {
    redis.disconnect()
    throw new Error(refusal)
  }
  const feed = createRedisFeed({ redisUrl, clock, log })
  let onReady = () => {}
  return {
    queue: createBullmqQueue({ redisUrl, log, onReady: () => onReady() }),
    feed: {
      ...feed,
      async close() {
        await feed.close()
        redis.disconnect()
      },
    },
    rateLimits: createRedisRateLimits(redis, 'yingda:rate'),
    tokenStore: createRedisTokenStore(redis, `yingda:${config.WECHAT_APP_ID}`, clock),
    ping: () => redis.ping(),
    whenQueueIsBack(listener) {
      onReady = listener
    },
  }
}
