export type RateLimit = { limit: number; windowMs: number }

export type RateLimits = {
  /** Counts one use of `key`; refuses, with the time to wait, once `limit` uses fell into `windowMs`. */
  take(
    key: string,
    rate: RateLimit,
  ): Promise<{ ok: true; remaining: number } | { ok: false; retryAfterMs: number }>
  /** One use that was taken does not count after all. */
  giveBack(key: string, rate: RateLimit): Promise<void>
}
