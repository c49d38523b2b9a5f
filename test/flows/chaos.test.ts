import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, openDatabase } from '../../src/infra/db/database.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import type { Outcome } from '../../src/sandbox/platform.ts'
import { createTestDatabase } from '../support/databases.ts'
import { startRedisServer } from '../support/redis-server.ts'
import { type Service, startService } from '../support/service.ts'
import { createTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { until } from '../support/until.ts'

/** To repeat a failure: CHAOS_SEED=…, as the failure prints it; CHAOS_S makes it longer. */
const SEED = Number(process.env.CHAOS_SEED ?? randomInt(1e9))
const LASTS_MS = Number(process.env.CHAOS_S ?? 5) * 1000
const WECHAT_MS = 5_000

/** Mulberry32: 0 ≤ x < 1. */
const seeded = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One way for a store to be away for a while. */
type Trouble = (ms: number) => Promise<void>

const troublesOf = (proxy: TcpProxy): Trouble[] => [
  async (ms) => {
    proxy.halt()
    await sleep(ms)
    proxy.go()
  },
  async (ms) => {
    proxy.freeze()
    await sleep(ms)
    proxy.lead()
  },
  async (ms) => {
    await proxy.cut()
    await sleep(ms)
    await proxy.mend()
  },
]

describe(`database and Redis that come and go (CHAOS_SEED=${SEED})`, () => {
  const random = seeded(SEED)
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
  const closings: (() => Promise<void>)[] = []
  const asked: { person: string; outcome: Promise<Outcome> }[] = []
  let service: Service
  let database: Database

  const openAll = async () => {
    const mysql = await createTestDatabase('mysql')
    const through = new URL(mysql.url)
    const redis = await startRedisServer()
    const toMysql = await createTcpProxy({ host: through.hostname, port: Number(through.port) })
    const toRedis = await createTcpProxy({ host: '127.0.0.1', port: redis.port })
    through.port = String(toMysql.port)
    database = openDatabase(mysql.url)
    closings.push(mysql.drop, redis.close, toMysql.close, toRedis.close, database.close)
    service = await startService('mysql', {
      DATABASE_URL: through.href,
      REDIS_URL: `redis://127.0.0.1:${toRedis.port}`,
      WECHAT_REPLY_BUDGET_MS: '4500',
      TRIAL_CALLS: '5',
    })
    closings.push(service.close)
    const forgetful: Trouble = async (ms) => {
      await toRedis.cut()
      await redis.redis.flushall()
      await sleep(ms)
      await toRedis.mend()
    }
    return [troublesOf(toMysql), [...troublesOf(toRedis), forgetful]]
  }

  const trouble = async (troubles: Trouble[], endAt: number) => {
    while (performance.now() < endAt) {
      await sleep(300 + random() * 1500)
      await pick(troubles)(500 + random() * 5_500)
    }
  }

  const ask = async (endAt: number) => {
    for (let n = 0; performance.now() < endAt; n += 1) {
      const person = openidOf(`chaos ${n}`)
      asked.push({
        person,
        outcome: service.weixin.platform.send(person, pick(['问', '慢 1 问', '慢 3 问'])),
      })
      await sleep(100 + random() * 300)
    }
  }

  const isOver = async () => {
    const [{ n } = { n: 1 }] = await database
      .knex('turns')
      .join('deliveries', 'deliveries.turn_id', 'turns.id')
      .whereNot((open) =>
        open.where('turns.status', 'answered').whereIn('deliveries.status', ['replied', 'delivered']),
      )
      .count<{ n: number }[]>({ n: '*' })
    return Number(n) === 0
  }

  beforeAll(async () => {
    const troubles = await openAll()
    const endAt = performance.now() + LASTS_MS
    await Promise.all([ask(endAt), ...troubles.map((each) => trouble(each, endAt))])
    await Promise.all(asked.map(({ outcome }) => outcome))
    await until(isOver, 90_000)
  }, 180_000)
  afterAll(async () => {
    for (const close of closings.toReversed()) await close()
  }, 60_000)

  test('cost no callback more than WeChat waits', async () => {
    const outcomes = await Promise.all(asked.map(({ outcome }) => outcome))
    const took = outcomes.flatMap(({ tries }) => tries.map(({ tookMs }) => tookMs))
    expect(Math.max(...took)).toBeLessThan(WECHAT_MS)
  })

  test('lose no question that got through in any of its three callbacks, and no answer', async () => {
    const taken = await database
      .knex('turns')
      .join('users', 'users.id', 'turns.user_id')
      .pluck<string[]>('users.openid')
    for (const { person, outcome } of asked) if (!(await outcome).notice) expect(taken).toContain(person)
    expect(new Set(taken).size).toBe(taken.length)
    for (const person of taken)
      expect(service.weixin.platform.phone(person).messages.some(({ from }) => from === 'account')).toBe(true)
  })

  test('charge nothing twice', async () => {
    const entries = await database
      .knex('ledger_entries')
      .whereNotNull('turn_id')
      .select('turn_id')
      .select(database.knex.raw("group_concat(kind order by id separator ' ') as kinds"))
      .groupBy('turn_id')
    expect(new Set(entries.map(({ kinds }) => kinds))).toEqual(new Set(['reserve settle']))
    const [{ n } = { n: 0 }] = await database.knex('turns').count<{ n: number }[]>({ n: '*' })
    expect(entries).toHaveLength(Number(n))
  })
})
