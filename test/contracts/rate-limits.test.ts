import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Redis } from 'ioredis'
import { systemClock } from '../../src/base/clock.ts'
import type { RateLimits } from '../../src/conversation/rate-limits.ts'
import { createMemoryRateLimits } from '../../src/infra/cache/memory-rate-limits.ts'
import { createRedisRateLimits } from '../../src/infra/cache/redis-rate-limits.ts'
import { openRedis, randomPrefix, withRedis } from '../support/redis.ts'

const keepsItsContract = (open: () => RateLimits) => {
  const rate = { limit: 3, windowMs: 60_000 }

  test('grants the limit and counts down', async () => {
    const limits = open()
    expect(await limits.take('anna', rate)).toEqual({ ok: true, remaining: 2 })
    expect(await limits.take('anna', rate)).toEqual({ ok: true, remaining: 1 })
    expect(await limits.take('anna', rate)).toEqual({ ok: true, remaining: 0 })
  })

  test('refuses the use after the last and says how long to wait', async () => {
    const limits = open()
    for (let i = 0; i < 3; i += 1) await limits.take('anna', rate)
    const refused = await limits.take('anna', rate)
    expect(refused).toEqual({ ok: false, retryAfterMs: expect.any(Number) })
    if (refused.ok) return
    expect(refused.retryAfterMs).toBeGreaterThan(50_000)
    expect(refused.retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  test('counts each key for itself', async () => {
    const limits = open()
    for (let i = 0; i < 4; i += 1) await limits.take('anna', rate)
    expect(await limits.take('bert', rate)).toEqual({ ok: true, remaining: 2 })
  })

  test('counts each rate of a key for itself', async () => {
    const limits = open()
    for (let i = 0; i < 4; i += 1) await limits.take('anna', rate)
    expect(await limits.take('anna', { limit: 4, windowMs: 60_000 })).toEqual({ ok: true, remaining: 3 })
    expect(await limits.take('anna', { limit: 3, windowMs: 61_000 })).toEqual({ ok: true, remaining: 2 })
  })

  test('grants no more than the limit to a crowd', async () => {
    const limits = open()
    const crowd = Array.from({ length: 50 }, () => limits.take('anna', { limit: 20, windowMs: 60_000 }))
    const granted = (await Promise.all(crowd)).filter((use) => use.ok)
    expect(granted.map((use) => use.remaining).toSorted((a, b) => a - b)).toEqual([...Array(20).keys()])
  })

  test('grants nothing at a limit of zero', async () => {
    expect((await open().take('anna', { limit: 0, windowMs: 60_000 })).ok).toBe(false)
  })

  test('grants again after the time it named', async () => {
    const limits = open()
    const short = { limit: 1, windowMs: 1000 }
    await limits.take('anna', short)
    const refused = await limits.take('anna', short)
    if (refused.ok) throw new Error('granted twice')
    // A timer may fire a millisecond early, and Redis tells whole milliseconds.
    await systemClock.sleep(refused.retryAfterMs + 20)
    expect(await limits.take('anna', short)).toEqual({ ok: true, remaining: 0 })
  })

  test('keeps a refused key waiting no longer when it asks again', async () => {
    const limits = open()
    const waits: number[] = []
    for (let i = 0; i < 6; i += 1) {
      const use = await limits.take('anna', rate)
      if (!use.ok) waits.push(use.retryAfterMs)
    }
    expect(waits).toHaveLength(3)
    expect(waits).toEqual(waits.toSorted((a, b) => b - a))
  })

  test('takes part of a second as a whole one', async () => {
    const limits = open()
    await limits.take('anna', { limit: 1, windowMs: 1 })
    const refused = await limits.take('anna', { limit: 1, windowMs: 1 })
    expect(refused.ok ? 0 : refused.retryAfterMs).toBeGreaterThan(500)
  })

  test.each([
    { limit: 1, windowMs: 0 },
    { limit: 1, windowMs: Number.NaN },
    { limit: 1, windowMs: 2 ** 31 },
    { limit: 1.5, windowMs: 1000 },
  ])('knows no rate of $limit in $windowMs ms', async (wrong) => {
    await expect(open().take('anna', wrong)).rejects.toThrow(RangeError)
  })
}

describe('memory rate limits', () => {
  keepsItsContract(createMemoryRateLimits)
})

if (withRedis) {
  describe('redis rate limits', () => {
    let redis: Redis
    beforeAll(async () => {
      redis = openRedis()
      await redis.ping()
    })
    afterAll(async () => {
      await redis.quit()
    })

    keepsItsContract(() => createRedisRateLimits(redis, randomPrefix()))

    test('shares the count between processes', async () => {
      const prefix = randomPrefix()
      const other = openRedis()
      await other.ping()
      const rate = { limit: 2, windowMs: 60_000 }
      await createRedisRateLimits(redis, prefix).take('anna', rate)
      expect(await createRedisRateLimits(other, prefix).take('anna', rate)).toEqual({
        ok: true,
        remaining: 0,
      })
      await other.quit()
    })

    test('leaves nothing behind that does not expire', async () => {
      const prefix = randomPrefix()
      await createRedisRateLimits(redis, prefix).take('anna', { limit: 2, windowMs: 60_000 })
      const [key = ''] = await redis.keys(`${prefix}:*`)
      expect(await redis.pttl(key)).toBeGreaterThan(0)
    })

    describe('while Redis is away', () => {
      keepsItsContract(() => {
        const gone = openRedis()
        gone.disconnect()
        return createRedisRateLimits(gone, randomPrefix())
      })
    })
  })
}
