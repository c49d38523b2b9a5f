import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible'
import type { RateLimits } from '../../conversation/rate-limits.ts'

/** setTimeout's longest, which the memory limiter forgets a key by; beyond it a key would be forgotten at once. */
const MAX_WINDOW_S = 2_147_483

/**
 * One limiter for each pair of limit and window; a key used with two rates has two counts. The window opens with the
 * first use. It is counted in whole seconds, rounded up, since Redis' limiter would cut 500 ms to "for ever".
 */
export const createFlexibleRateLimits = (
  open: (points: number, durationS: number) => RateLimiterAbstract,
): RateLimits => {
  const limiters = new Map<string, RateLimiterAbstract>()

  const limiterFor = (limit: number, windowMs: number): RateLimiterAbstract => {
    const durationS = Math.ceil(windowMs / 1000)
    if (!Number.isInteger(limit) || !(durationS >= 1 && durationS <= MAX_WINDOW_S)) {
      throw new RangeError(`no such rate: ${limit} in ${windowMs} ms`)
    }
    const name = `${limit}/${durationS}`
    const limiter = limiters.get(name) ?? open(limit, durationS)
    limiters.set(name, limiter)
    return limiter
  }

  return {
    async take(key, { limit, windowMs }) {
      try {
        const { remainingPoints } = await limiterFor(limit, windowMs).consume(key)
        return { ok: true, remaining: remainingPoints }
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal
        return { ok: false, retryAfterMs: Math.max(1, refusal.msBeforeNext) }
      }
    },

    async giveBack(key, { limit, windowMs }) {
      await limiterFor(limit, windowMs).reward(key)
    },
  }
}
