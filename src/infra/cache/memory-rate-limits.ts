import { RateLimiterMemory } from 'rate-limiter-flexible'
import type { RateLimits } from '../../conversation/rate-limits.ts'
import { createFlexibleRateLimits } from './flexible-rate-limits.ts'

/** Counts within this process. */
export const createMemoryRateLimits = (): RateLimits =>
  createFlexibleRateLimits((points, duration) => new RateLimiterMemory({ points, duration }))
