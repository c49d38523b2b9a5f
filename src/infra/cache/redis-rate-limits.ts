import type { Redis } from 'ioredis'
import { RateLimiterRedis } from 'rate-limiter-flexible'
import type { RateLimits } from '../../conversation/rate-limits.ts'
import { createFlexibleRateLimits } from './flexible-rate-limits.ts'

/** Counts over all processes that share the Redis and the prefix. Rejects when Redis does not answer. */
export const createRedisRateLimits = (redis: Redis, prefix: string): RateLimits =>
  createFlexibleRateLimits(
    (points, duration) =>
      new RateLimiterRedis({
        storeClient: redis,
        points,
        duration,
        keyPrefix: `${prefix}:rate:${points}/${duration}`,
      }),
  )
