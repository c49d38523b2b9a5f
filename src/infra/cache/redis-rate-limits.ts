import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'
import type { RateLimits } from '../../conversation/rate-limits.ts'
import { createFlexibleRateLimits } from './flexible-rate-limits.ts'

/**
 * Counts over all processes that share the Redis and the prefix. While Redis is away each process counts for itself:
 * there is never no limit.
 */
export const createRedisRateLimits = (redis: Redis, prefix: string): RateLimits =>
  createFlexibleRateLimits(
    (points, duration) =>
      new RateLimiterRedis({
        storeClient: redis,
        points,
        duration,
        rejectIfRedisNotReady: true,
        insuranceLimiter: new RateLimiterMemory({ points, duration }),
        keyPrefix: `${prefix}:rate:${points}/${duration}`,
      }),
  )
