import { Redis } from 'ioredis'
import type { Log } from '../base/log.ts'

export type RedisOptions = {
  log: Log
  /** Shown by `CLIENT LIST` and in the log. */
  name: string
  /**
   * false (the default): a command is answered or rejected within `COMMAND_TIMEOUT_MS`, so that nobody waits for
   * a Redis that is down. true: commands wait for Redis as long as it takes, for workers and subscriptions.
   */
  waits?: boolean
  /** Each time that commands can be sent: at first, and whenever Redis is back. */
  onReady?: () => void
}

export const COMMAND_TIMEOUT_MS = 2_000

const QUICK = {
  commandTimeout: COMMAND_TIMEOUT_MS,
  // Nothing heard for that long: another connection may lead to a Redis that answers.
  socketTimeout: COMMAND_TIMEOUT_MS,
  // What was queued or under way is rejected whenever a connection attempt ends. A command sent during a short
  // gap still succeeds, because it waits for the next attempt, and in an outage nothing piles up in memory.
  maxRetriesPerRequest: 0,
  // Sending again what may already have been done would, for one, repeat a piece of an answer.
  autoResendUnfulfilledCommands: false,
}

/** BullMQ insists on `maxRetriesPerRequest: null` for its workers, and waits up to 10 s for a job. */
const WAITING = { maxRetriesPerRequest: null, socketTimeout: 12_000 }

/**
 * After a failover the connections stay at the node that was demoted, which refuses to write and throws out whoever
 * waits. (Redis 6 says so in the middle of a script's error.)
 */
const isDemoted = ({ message }: Error): boolean => /\bREADONLY\b|^UNBLOCKED\b/.test(message)
const RECONNECT_AND_RESEND = 2

const reconnectDelayMs = (times: number) => Math.min(50 * 2 ** Math.min(times - 1, 10), 1_000)

/**
 * A connection that reconnects by itself and always has an error listener; an outage is logged once, and so is
 * its end. `url` is `redis://` or `rediss://`; it may hold a password and therefore never reaches the log.
 */
export const createRedis = (url: string, { log, name, waits = false, onReady }: RedisOptions): Redis => {
  const redis = new Redis(url, {
    connectionName: name,
    retryStrategy: reconnectDelayMs,
    // Closing what is already gone leaves this timer behind, and with it the process.
    disconnectTimeout: 200,
    reconnectOnError: (err) => (isDemoted(err) ? RECONNECT_AND_RESEND : false),
    ...(waits ? WAITING : QUICK),
  })
  const fields = { connection: name, address: `${redis.options.host}:${redis.options.port}` }
  let down = false
  redis.on('error', (err: Error) => {
    if (!down) log.warn({ ...fields, err }, 'redis is out of reach')
    down = true
  })
  redis.on('ready', () => {
    if (down) log.info(fields, 'redis is back')
    down = false
    onReady?.()
  })
  return redis
}
