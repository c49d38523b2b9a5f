import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Redis } from 'ioredis'
import { systemClock } from '../../src/base/clock.ts'
import { createMemoryTokenStore } from '../../src/infra/cache/memory-token-store.ts'
import { createRedisTokenStore } from '../../src/infra/cache/redis-token-store.ts'
import type { TokenStore } from '../../src/wechat/token-store.ts'
import { openRedis, randomPrefix, withRedis } from '../support/redis.ts'

const START = 1_790_000_000_000

const movableClock = () => {
  let now = START
  return { ...systemClock, now: () => now, set: (to: number) => (now = to) }
}

const keepsItsContract = (open: (clock: ReturnType<typeof movableClock>) => TokenStore) => {
  test('holds nothing at first', async () => {
    expect(await open(movableClock()).read()).toBeUndefined()
  })

  test('gives back the token that was written last', async () => {
    const store = open(movableClock())
    await store.write({ value: 'old', expiresAt: START + 9000, forcedAt: START - 1 })
    await store.write({ value: '新', expiresAt: START + 7_000_000.5 })
    expect(await store.read()).toEqual({ value: '新', expiresAt: START + 7_000_000.5 })
    await store.write({ value: 'newer', expiresAt: START + 8000, forcedAt: START })
    expect(await store.read()).toEqual({ value: 'newer', expiresAt: START + 8000, forcedAt: START })
  })

  test('keeps a token of 600 characters', async () => {
    const store = open(movableClock())
    await store.write({ value: 'x'.repeat(600), expiresAt: START + 9000 })
    expect((await store.read())?.value).toBe('x'.repeat(600))
  })

  test('forgets a token at the instant it expires', async () => {
    const clock = movableClock()
    const store = open(clock)
    await store.write({ value: 'short', expiresAt: START + 60_000 })
    clock.set(START + 59_999)
    expect((await store.read())?.value).toBe('short')
    clock.set(START + 60_000)
    expect(await store.read()).toBeUndefined()
  })

  test('does not keep a token that has expired already, nor the one before it', async () => {
    const store = open(movableClock())
    await store.write({ value: 'good', expiresAt: START + 1000 })
    await store.write({ value: 'dead', expiresAt: START })
    expect(await store.read()).toBeUndefined()
  })

  test('runs one piece of work at a time and hands each its own result', async () => {
    const store = open(movableClock())
    let running = 0
    let most = 0
    const work = async (name: number) => {
      running += 1
      most = Math.max(most, running)
      await systemClock.sleep(2)
      running -= 1
      return name
    }
    const names = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    expect(await Promise.all(names.map((name) => store.exclusively(() => work(name))))).toEqual(names)
    expect(most).toBe(1)
  })

  test('passes a failure to its own caller and lets the next one in', async () => {
    const store = open(movableClock())
    const failing = store.exclusively(() => Promise.reject(new Error('no luck')))
    const next = store.exclusively(async () => 'in')
    await expect(failing).rejects.toThrow('no luck')
    expect(await next).toBe('in')
  })

  test('lets the next one in after work that throws at once', async () => {
    const store = open(movableClock())
    const failing = store.exclusively(() => {
      throw new Error('at once')
    })
    await expect(failing).rejects.toThrow('at once')
    expect(await store.exclusively(async () => 'in')).toBe('in')
  })
}

describe('memory token store', () => {
  keepsItsContract((clock) => createMemoryTokenStore(clock))
})

if (withRedis) {
  describe('redis token store', () => {
    let redis: Redis
    let other: Redis
    const timing = { ttlMs: 5000, pollMs: 3, maxWaitMs: 10_000 }
    beforeAll(() => {
      redis = openRedis()
      other = openRedis()
    })
    afterAll(async () => {
      await redis.quit()
      await other.quit()
    })

    keepsItsContract((clock) => createRedisTokenStore(redis, randomPrefix(), clock, timing))

    test('shares the token and the lock between processes', async () => {
      const prefix = randomPrefix()
      const clock = movableClock()
      const here = createRedisTokenStore(redis, prefix, clock, timing)
      const there = createRedisTokenStore(other, prefix, clock, timing)
      await here.write({ value: 'shared', expiresAt: START + 1000 })
      expect((await there.read())?.value).toBe('shared')

      let running = 0
      let most = 0
      const work = async () => {
        running += 1
        most = Math.max(most, running)
        await systemClock.sleep(5)
        running -= 1
      }
      await Promise.all([here, there, here, there].map((store) => store.exclusively(work)))
      expect(most).toBe(1)
    })

    test('lets another account pass while one is locked', async () => {
      const one = createRedisTokenStore(redis, randomPrefix(), systemClock, timing)
      const two = createRedisTokenStore(other, randomPrefix(), systemClock, timing)
      expect(await one.exclusively(() => two.exclusively(async () => 'passed'))).toBe('passed')
    })

    test('hands Redis the life of the token', async () => {
      const prefix = randomPrefix()
      const store = createRedisTokenStore(redis, prefix, movableClock(), timing)
      await store.write({ value: 'x', expiresAt: START + 60_000 })
      const ttlMs = await redis.pttl(`${prefix}:access-token`)
      expect(ttlMs).toBeGreaterThan(50_000)
      expect(ttlMs).toBeLessThanOrEqual(60_000)
    })

    test('takes over from an owner who died with the lock', async () => {
      const prefix = randomPrefix()
      await redis.set(`${prefix}:access-token-lock`, 'a dead process', 'PX', 60)
      const store = createRedisTokenStore(redis, prefix, systemClock, timing)
      expect(await store.exclusively(async () => 'in')).toBe('in')
    })

    test('takes the lock for a bounded time and frees it afterwards', async () => {
      const prefix = randomPrefix()
      const store = createRedisTokenStore(redis, prefix, systemClock, timing)
      const ttlMs = await store.exclusively(() => other.pttl(`${prefix}:access-token-lock`))
      expect(ttlMs).toBeGreaterThan(0)
      expect(ttlMs).toBeLessThanOrEqual(timing.ttlMs)
      expect(await redis.exists(`${prefix}:access-token-lock`)).toBe(0)
    })

    test('leaves the lock to its new owner when its own time had run out', async () => {
      const prefix = randomPrefix()
      const store = createRedisTokenStore(redis, prefix, systemClock, timing)
      await store.exclusively(async () => {
        await other.set(`${prefix}:access-token-lock`, 'the next owner', 'PX', 5000)
      })
      expect(await redis.get(`${prefix}:access-token-lock`)).toBe('the next owner')
    })

    test('gives up waiting after its longest wait', async () => {
      const prefix = randomPrefix()
      await redis.set(`${prefix}:access-token-lock`, 'someone slow', 'PX', 5000)
      let now = START
      const pauses: number[] = []
      const clock = {
        now: () => now,
        sleep: async (ms: number) => {
          pauses.push(ms)
          now += ms
        },
      }
      const store = createRedisTokenStore(redis, prefix, clock, { ttlMs: 5000, pollMs: 50, maxWaitMs: 200 })
      await expect(store.exclusively(async () => 'in')).rejects.toThrow('not free for 200 ms')
      expect(pauses).toEqual([50, 50, 50, 50])
    })

    test('reads what is no token as none', async () => {
      const prefix = randomPrefix()
      const store = createRedisTokenStore(redis, prefix, movableClock(), timing)
      for (const value of ['', '{', '{"value":1}', 'null']) {
        await redis.set(`${prefix}:access-token`, value, 'PX', 5000)
        expect(await store.read()).toBeUndefined()
      }
    })

    test('bears that Redis refuses the token', async () => {
      const store = createRedisTokenStore(redis, randomPrefix(), movableClock(), timing)
      await store.write({ value: 'TOKEN', expiresAt: 1e30 })
    })

    test('goes on by itself while Redis is away, with the token that another process got', async () => {
      const [prefix, clock] = [randomPrefix(), movableClock()]
      const leaving = openRedis()
      const store = createRedisTokenStore(leaving, prefix, clock, timing)
      const there = createRedisTokenStore(other, prefix, clock, timing)
      await there.write({ value: 'theirs', expiresAt: START + 1000 })
      await store.read()
      await leaving.quit()
      expect(await store.read()).toEqual({ value: 'theirs', expiresAt: START + 1000 })
      await store.write({ value: 'own', expiresAt: START + 2000 })
      expect((await store.read())?.value).toBe('own')
      clock.set(START + 2000)
      expect(await store.read()).toBeUndefined()
    })

    describe('while Redis is away', () => {
      keepsItsContract((clock) => {
        const gone = openRedis()
        gone.disconnect()
        return createRedisTokenStore(gone, randomPrefix(), clock, timing)
      })
    })
  })
}
