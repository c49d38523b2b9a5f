import type { Engine } from '../../src/infra/db/database.ts'
import { openRedis, redisUrl, withRedis } from './redis.ts'
import type { Env } from './service.ts'

/** A way to run the service: a database engine, and Redis or one process. */
export type Stack = { name: string; engine: Engine; openEnv(): Promise<Env> }

let opened = 0
// Two runs on one Redis keep out of each other's way by their process ids.
const firstOfThisProcess = (process.pid % 31) * 32

/** A Redis of one's own: a numbered database on the private server, emptied. */
export const openRedisEnv = async (): Promise<{ REDIS_URL: string }> => {
  opened += 1
  const number = firstOfThisProcess + opened
  const url = new URL(redisUrl())
  url.pathname = `/${number}`
  const redis = openRedis({ db: number })
  await redis.flushdb()
  redis.disconnect()
  return { REDIS_URL: url.href }
}

export const stacks: Stack[] = [
  { name: 'SQLite in one process', engine: 'sqlite', openEnv: async () => ({}) },
  ...(withRedis
    ? [{ name: 'MariaDB, Redis and BullMQ', engine: 'mysql' as const, openEnv: openRedisEnv }]
    : []),
]
