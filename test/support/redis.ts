import { randomBytes } from 'node:crypto'
import { Redis, type RedisOptions } from 'ioredis'

const engines = process.env.TEST_ENGINES ?? 'all'
if (engines !== 'all' && engines !== 'quick')
  throw new Error(`TEST_ENGINES is all or quick, not "${engines}"`)

/** False in the quick loop alone, which runs on memory adapters; otherwise a missing Redis is an error. */
export const withRedis: boolean = engines === 'all'

/** The address of the private Redis that the test runner started. */
export const redisUrl = (): string => {
  const url = process.env.TEST_REDIS_URL
  if (url) return url
  throw new Error(
    'TEST_REDIS_URL is not set: run `npm test`, which starts a private Redis, or start one yourself ' +
      "(redis-server --port 6390 --save '' --appendonly no) and set TEST_REDIS_URL=redis://127.0.0.1:6390; " +
      'TEST_ENGINES=quick runs without Redis',
  )
}

/** A new connection; the test that opens it calls `quit()`. */
export const openRedis = (options: Omit<RedisOptions, 'replyMapping'> = {}): Redis =>
  new Redis(redisUrl(), options)

/** One per test: tests share the server, never a key. */
export const randomPrefix = (): string => `test:${randomBytes(8).toString('hex')}`
