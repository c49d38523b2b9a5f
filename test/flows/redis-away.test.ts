import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/infra/db/database.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { type RedisServer, startRedisServer } from '../support/redis-server.ts'
import { type Service, startService } from '../support/service.ts'
import { createTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { until } from '../support/until.ts'

/** The sweep comes every 30 s by itself: what is quicker has been told that Redis is back. */
const TOLD_MS = 4_000
/** A worker that waits for a job on a dead connection waits as long as the longest wait for a job. */
const NOTICED_MS = 15_000
/** Queue, worker, cache, feed and its readers. */
const CONNECTIONS = 5
const AWAY_MS = 4_000
const QUESTION = '没有 Redis 时的问题'
const PEOPLE = [1, 2].map((n) => openidOf(`away ${n}`))

type Servers = { proxy: TcpProxy; here: RedisServer; there: RedisServer }
type Way = {
  name: string
  leave(servers: Servers): unknown
  comeBack(servers: Servers): unknown
  /** How long after that the answer may take. */
  soonMs: number
}

const ways: Way[] = [
  {
    name: 'while Redis refuses connections',
    leave: ({ proxy }) => proxy.cut(),
    comeBack: ({ proxy }) => proxy.mend(),
    soonMs: TOLD_MS,
  },
  {
    name: 'while Redis stands still',
    leave: ({ here }) => here.process.kill('SIGSTOP'),
    comeBack: ({ here }) => here.process.kill('SIGCONT'),
    soonMs: TOLD_MS,
  },
  {
    name: 'while the way to Redis swallows everything, until new connections get through',
    leave: ({ proxy }) => proxy.freeze(),
    comeBack: ({ proxy }) => proxy.lead(),
    soonMs: NOTICED_MS,
  },
  {
    name: 'after a failover that leaves the connections at the demoted node',
    async leave({ proxy, here, there }) {
      await here.redis.replicaof('127.0.0.1', there.port)
      proxy.lead({ host: '127.0.0.1', port: there.port })
    },
    comeBack: () => {},
    soonMs: TOLD_MS,
  },
]

const closings: (() => Promise<void>)[] = []

const startServers = async (): Promise<Servers> => {
  const [here, there] = await Promise.all([startRedisServer(), startRedisServer()])
  const proxy = await createTcpProxy({ host: '127.0.0.1', port: here.port })
  closings.push(here.close, there.close, proxy.close)
  return { here, there, proxy }
}

/** Questions are asked while Redis is away, and Redis comes back later. */
const act = async ({ leave, comeBack, soonMs }: Way) => {
  const { here, there, proxy } = await startServers()
  const service = await startService('sqlite', {
    REDIS_URL: `redis://127.0.0.1:${proxy.port}`,
    WECHAT_REPLY_BUDGET_MS: '4500',
    TRIAL_CALLS: '100',
  })
  closings.push(service.close)
  const { platform } = service.weixin
  for (const person of PEOPLE) await platform.send(person, '你好')
  await leave({ proxy, here, there })
  const startedAt = performance.now()
  const asked = Promise.all(PEOPLE.map((person) => platform.send(person, QUESTION)))
  const takenMs = until(() => isTaken(service), 20_000).then(() => performance.now() - startedAt)
  await sleep(AWAY_MS)
  await comeBack({ proxy, here, there })
  const backAt = performance.now()
  const outcomes = await asked
  const isAnswer = (each: { from: string; text: string }) =>
    each.from === 'account' && each.text.includes(QUESTION)
  const answersOf = (person: string) => platform.phone(person).messages.filter(isAnswer)
  await until(() => PEOPLE.every((person) => answersOf(person).length > 0), 60_000)
  const answeredMs = performance.now() - backAt
  return {
    ...{ outcomes, service, answeredMs, soonMs },
    takenMs: await takenMs,
    answers: PEOPLE.map((person) => answersOf(person).length),
  }
}

const isTaken = async (service: Service): Promise<boolean> => {
  const { knex, close } = openDatabase(service.env.DATABASE_URL ?? '')
  const taken = await knex('turns').where('question', QUESTION).select('id')
  await close()
  return taken.length === PEOPLE.length
}

describe('a question asked while Redis is away', () => {
  let acts: Map<string, Awaited<ReturnType<typeof act>>>
  const actOf = (name: string) => {
    const found = acts.get(name)
    if (!found) throw new Error(`nothing was played ${name}`)
    return found
  }
  // All at the same time: each mostly waits.
  beforeAll(async () => {
    acts = new Map(await Promise.all(ways.map(async (way) => [way.name, await act(way)] as const)))
  }, 90_000)
  afterAll(async () => {
    for (const close of closings.toReversed()) await close()
  }, 60_000)

  describe.each(ways.map(({ name }) => name))('%s', (name) => {
    test('is taken at once', () => {
      const { outcomes, takenMs } = actOf(name)
      expect(takenMs).toBeLessThan(4_500)
      expect(outcomes.map(({ attempts, notice }) => ({ attempts, notice }))).toEqual(
        PEOPLE.map(() => ({ attempts: 1, notice: false })),
      )
    })

    test('is answered once, soon after it is back', () => {
      const { answers, answeredMs, soonMs } = actOf(name)
      expect(answers).toEqual(PEOPLE.map(() => 1))
      expect(answeredMs).toBeLessThan(soonMs)
    })

    test('is told of once for each connection, not for each command', () => {
      const messages = actOf(name).service.lines.map(({ message }) => message)
      const outages = messages.filter((message) => message === 'redis is out of reach')
      expect(outages.length).toBeLessThanOrEqual(CONNECTIONS)
      const reported = actOf(name).service.lines.filter(
        ({ message }) => message === 'the queue reports an error',
      )
      expect(reported).toEqual([])
    })
  })
})
