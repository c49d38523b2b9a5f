import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Clock } from '../../base/clock.ts'
import type { StoredToken, TokenStore } from '../../wechat/token-store.ts'
import { createMemoryTokenStore } from './memory-token-store.ts'

export type LockTiming = {
  /** How long a dead owner blocks the others. Longer than any work may take, or two run at once. */
  ttlMs: number
  /** How often a waiting caller looks. */
  pollMs: number
  /** After how long a waiting caller gives up. */
  maxWaitMs: number
}

/** A renewal makes two token calls of 5 s at most. */
const TIMING: LockTiming = { ttlMs: 20_000, pollMs: 50, maxWaitMs: 40_000 }

const Stored = z.object({ value: z.string(), expiresAt: z.number(), forcedAt: z.number().optional() })

/** Only the owner may unlock: after its time has run out the lock may already be another's. */
const UNLOCK = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`

/**
 * `prefix` names the account as well (`yingda:wx0123…`): one account must never find the token of another. While Redis
 * is away each process goes on with the token it saw last, or fetches its own: WeChat gives all of them the same.
 */
export const createRedisTokenStore = (
  redis: Redis,
  prefix: string,
  clock: Clock,
  { ttlMs, pollMs, maxWaitMs }: LockTiming = TIMING,
): TokenStore => {
  const tokenKey = `${prefix}:access-token`
  const lockKey = `${prefix}:access-token-lock`

  const own = createMemoryTokenStore(clock)

  const lock = async (owner: string): Promise<'locked' | 'away'> => {
    const giveUpAt = clock.now() + maxWaitMs
    for (;;) {
      const taken = await redis.set(lockKey, owner, 'PX', ttlMs, 'NX').catch(() => 'away' as const)
      if (taken === 'away') return taken
      if (taken === 'OK') return 'locked'
      if (clock.now() >= giveUpAt) throw new Error(`the access token lock was not free for ${maxWaitMs} ms`)
      await clock.sleep(pollMs)
    }
  }

  return {
    async read() {
      let json: string | null
      try {
        json = await redis.get(tokenKey)
      } catch {
        return own.read()
      }
      const token = json === null ? undefined : parse(json)
      if (token) await own.write(token)
      return token && clock.now() < token.expiresAt ? token : undefined
    },

    async write(token) {
      await own.write(token)
      const lifetimeMs = Math.ceil(token.expiresAt - clock.now())
      const kept =
        lifetimeMs <= 0 ? redis.del(tokenKey) : redis.set(tokenKey, JSON.stringify(token), 'PX', lifetimeMs)
      // Its error would carry the token. The next to need one finds none, and WeChat gives the same again.
      await kept.catch(() => {})
    },

    async exclusively(work) {
      const owner = randomUUID()
      if ((await lock(owner)) === 'away') return own.exclusively(work)
      try {
        return await work()
      } finally {
        // The work is done whether or not Redis hears of it; unheard, the lock runs out by itself.
        await redis.eval(UNLOCK, 1, lockKey, owner).catch(() => {})
      }
    },
  }
}

/** Whatever else sits under the key counts as no token: the next fetch overwrites it. */
const parse = (json: string): StoredToken | undefined => {
  try {
    const { value, expiresAt, forcedAt } = Stored.parse(JSON.parse(json))
    return forcedAt === undefined ? { value, expiresAt } : { value, expiresAt, forcedAt }
  } catch {
    return undefined
  }
}
