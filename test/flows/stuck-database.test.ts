import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, openDatabase } from '../../src/infra/db/database.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createTestDatabase, engines } from '../support/databases.ts'
import { type Service, startService } from '../support/service.ts'
import { createTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

/** WeChat gives up on a callback then. */
const WECHAT_MS = 5_000
/** Longer than that, and than any query may take. */
const STUCK_MS = 5_500
const SETTINGS = { WECHAT_REPLY_BUDGET_MS: '4500', TRIAL_CALLS: '100' }

/** The longest that `/healthz` took, asked ten times a second until `end`. */
const watchHealth = (service: Service) => {
  const ending = new AbortController()
  let longestMs = 0
  const ask = async () => {
    const startedAt = performance.now()
    const { status } = await fetch(`${service.url}/healthz`)
    expect(status).toBe(200)
    longestMs = Math.max(longestMs, performance.now() - startedAt)
  }
  const watching = (async () => {
    const asked: Promise<void>[] = []
    while (!ending.signal.aborted) {
      asked.push(ask())
      await sleep(100)
    }
    await Promise.all(asked)
  })()
  return async () => {
    ending.abort()
    await watching
    return longestMs
  }
}

const readiness = async (service: Service) => {
  const startedAt = performance.now()
  const { status } = await fetch(`${service.url}/readyz`)
  return { status, tookMs: performance.now() - startedAt }
}

/** Each person's question is answered once on the phone, and one call was paid for it. */
const expectAnsweredOnce = async (
  service: Service,
  { knex }: Database,
  { text, people }: { text: string; people: string[] },
) => {
  const { platform } = service.weixin
  for (const person of people) {
    await platform.waitFor(person, (each) => each.from === 'account' && each.text.includes(text))
    const shown = platform.phone(person).messages
    expect(shown.filter((each) => each.from === 'account' && each.text.includes(text))).toHaveLength(1)
  }
  const turns = await knex('turns').where('question', text).select('id', 'status')
  expect(turns.map(({ status }) => status)).toEqual(people.map(() => 'answered'))
  for (const { id } of turns) {
    const entries = await knex('ledger_entries').where('turn_id', id).orderBy('id').select('kind', 'calls')
    expect(entries.map(({ kind }) => kind)).toEqual(['reserve', 'settle'])
  }
}

const closings: (() => Promise<void>)[] = []

/** A service whose database can be made to stand still. */
type Stage = {
  service: Service
  /** The same database, by another way. */
  database: Database
  stop(): unknown
  mend(): unknown
  close(): Promise<void>
}

const onSqlite = async (): Promise<Stage> => {
  const service = await startService('sqlite', SETTINGS)
  const database = openDatabase(service.env.DATABASE_URL ?? '')
  return {
    service,
    database,
    stop: () => database.knex.raw('begin immediate'),
    mend: () => database.knex.raw('commit'),
    async close() {
      await database.close()
      await service.close()
    },
  }
}

const onMysql =
  (stop: (proxy: TcpProxy) => void, mend: (proxy: TcpProxy) => void) => async (): Promise<Stage> => {
    const { url, drop } = await createTestDatabase('mysql')
    const through = new URL(url)
    const proxy = await createTcpProxy({ host: through.hostname, port: Number(through.port) })
    through.port = String(proxy.port)
    const service = await startService('mysql', { ...SETTINGS, DATABASE_URL: through.href })
    const database = openDatabase(url)
    return {
      service,
      database,
      stop: () => stop(proxy),
      mend: () => mend(proxy),
      async close() {
        await service.close()
        await database.close()
        await proxy.close()
        await drop()
      },
    }
  }

const stages: [string, () => Promise<Stage>][] = [
  ['while another process holds the lock of SQLite', onSqlite],
]
if (engines.includes('mysql')) {
  const [halted, swallowed] = [
    onMysql(
      (proxy) => proxy.halt(),
      (proxy) => proxy.go(),
    ),
    onMysql(
      (proxy) => proxy.freeze(),
      (proxy) => proxy.lead(),
    ),
  ]
  stages.push(['while MariaDB stands still', halted])
  stages.push(['while the way to MariaDB swallows everything, until new connections get through', swallowed])
}

const PEOPLE = [1, 2, 3, 4].map((n) => openidOf(`stuck ${n}`))
const QUESTION = '卡住时的问题'
/** Answered while the database stands still, which is when the answer has to be stored. */
const [WRITER, SLOW_QUESTION] = [openidOf('stuck writer'), '慢 2 写到一半']

/** Questions are asked while the database stands still, and once more when it is back. */
const act = async (open: () => Promise<Stage>) => {
  const stage = await open()
  closings.push(stage.close)
  const { service, stop, mend } = stage
  const { platform } = service.weixin
  // Known people, and connections that are in the pool.
  await Promise.all([...PEOPLE, WRITER].map((person) => platform.send(person, '你好')))
  const written = platform.send(WRITER, SLOW_QUESTION)
  await sleep(500)
  const endWatching = watchHealth(service)
  await stop()
  const asked = Promise.all(PEOPLE.map((person) => platform.send(person, QUESTION)))
  const ticket = fetch(`${service.url}/api/login/tickets`, { method: 'POST' }).then(async (res) => ({
    status: res.status,
    code: (await res.json()).code,
  }))
  const asking = readiness(service).then(async (first) => ({ first, second: await readiness(service) }))
  await sleep(STUCK_MS)
  const stuck = await asking
  const refused = await ticket
  await mend()
  const mendedAt = performance.now()
  const outcomes = await asked
  await written
  await platform.waitFor(WRITER, (each) => each.from === 'account' && each.text.includes(SLOW_QUESTION))
  const writtenMs = performance.now() - mendedAt
  const after = await readiness(service)
  const healthMs = await endWatching()
  return { ...stage, outcomes, refused, stuck, after, healthMs, writtenMs }
}

describe('a database that stands still for longer than WeChat waits', () => {
  let acts: Map<string, Awaited<ReturnType<typeof act>>>
  const actOf = (name: string) => {
    const found = acts.get(name)
    if (!found) throw new Error(`nothing was played ${name}`)
    return found
  }
  // All at the same time: each mostly waits.
  beforeAll(async () => {
    acts = new Map(await Promise.all(stages.map(async ([name, open]) => [name, await act(open)] as const)))
  }, 60_000)
  afterAll(async () => {
    for (const close of closings.toReversed()) await close()
  }, 60_000)

  describe.each(stages.map(([name]) => name))('%s', (name) => {
    test('costs no callback more than WeChat waits', () => {
      const { outcomes } = actOf(name)
      const took = outcomes.flatMap(({ tries }) => tries.map(({ tookMs }) => tookMs))
      expect(Math.max(...took)).toBeLessThan(WECHAT_MS)
      expect(took.length).toBeGreaterThan(PEOPLE.length)
    })

    test('leaves the process alive, which says in time that it is not ready', () => {
      const { healthMs, stuck } = actOf(name)
      expect(healthMs).toBeLessThan(2_000)
      for (const { tookMs } of [stuck.first, stuck.second]) expect(tookMs).toBeLessThan(3_000)
    })

    test('is told on the page as what it is', () => {
      expect(actOf(name).refused).toEqual({ status: 503, code: 'store-stuck' })
    })

    test('costs nobody the answer, nobody gets two, and each is paid once', async () => {
      const { service, database, outcomes } = actOf(name)
      expect(outcomes.filter(({ notice }) => notice)).toEqual([])
      await expectAnsweredOnce(service, database, { text: QUESTION, people: PEOPLE })
    })

    test('costs no answer that was ready to be stored: no model is asked again for it', async () => {
      const { service, database, writtenMs } = actOf(name)
      await expectAnsweredOnce(service, database, { text: SLOW_QUESTION, people: [WRITER] })
      const turn = await database.knex('turns').where('question', SLOW_QUESTION).first('attempt')
      expect(turn.attempt).toBe(1)
      expect(writtenMs).toBeLessThan(10_000)
    })

    test('is forgotten soon, and told of once', () => {
      const { after, stuck, service } = actOf(name)
      expect([stuck.first.status, stuck.second.status, after.status]).toEqual([503, 503, 200])
      const told = service.lines.filter(({ message }) => /ready/.test(message)).map(({ message }) => message)
      expect(told).toEqual(['not ready', 'ready again'])
    })
  })
})
