import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { freePort } from './free-port.ts'
import { until } from './until.ts'

export type RedisServer = {
  port: number
  url: string
  process: ChildProcess
  /** For what a test tells the server. */
  redis: Redis
  close(): Promise<void>
}

/** A Redis of a test's own, for what the shared one must not suffer. More arguments go to redis-server. */
export const startRedisServer = async (...more: string[]): Promise<RedisServer> => {
  const dir = mkdtempSync(join(tmpdir(), 'yingda-redis-'))
  const port = await freePort()
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', dir, ...more]
  const child = spawn('redis-server', args, { stdio: 'ignore' })
  const ended = once(child, 'exit')
  const redis = new Redis({ port, host: '127.0.0.1', maxRetriesPerRequest: null })
  redis.on('error', () => {})
  await until(() => redis.status === 'ready')
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    process: child,
    redis,
    async close() {
      redis.disconnect()
      child.kill('SIGKILL')
      await ended
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
