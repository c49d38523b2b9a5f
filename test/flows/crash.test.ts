import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { partsOfTurn } from '../../src/conversation/delivery-plan.ts'
import { textsOf } from '../../src/conversation/texts.ts'
import { type Engine, openDatabase } from '../../src/infra/db/database.ts'
import { createKnexDeliveries } from '../../src/infra/db/knex-deliveries.ts'
import { createKnexTurns } from '../../src/infra/db/knex-turns.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { writeScript } from '../../src/sandbox/script.ts'
import { type SandboxServer, startSandboxServer } from '../../src/sandbox/server.ts'
import { createTestDatabase, engines } from '../support/databases.ts'
import { testPersonHash } from '../support/person-hash.ts'
import { programEnv } from '../support/program-env.ts'
import { type Env, envFor } from '../support/service.ts'
import { openRedisEnv } from '../support/stacks.ts'
import { until } from '../support/until.ts'

const KILLS = 20
/** A killed worker's leases, and the sweep that comes after them. */
const CALM_MS = 150_000

const TEXTS = textsOf('zh-CN')

/** To repeat a failure: CRASH_SEED=…, as the failure prints it. The moments repeat, what runs at them nearly so. */
const SEED = Number(process.env.CRASH_SEED ?? randomInt(1e9))

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

/** The real program in a process of its own, once it is ready. */
const run = async (env: Env, cwd: string) => {
  const main = join(import.meta.dirname, '../../src/main.ts')
  const child = spawn(process.execPath, [main], { cwd, env: { ...programEnv(), ...env } })
  let out = ''
  // Noticed as it is said: what is kept of the output is its end.
  let isReady = false
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => {
      out = `${out}${chunk}`
      isReady ||= out.includes('is ready')
      out = out.slice(-20_000)
    })
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const kill = () => {
    child.kill('SIGKILL')
    return exited
  }
  await until(() => isReady || child.exitCode !== null, 60_000).catch(async (cause) => {
    await kill()
    throw new Error(`it does not get ready: ${out}`, { cause })
  })
  if (child.exitCode !== null) throw new Error(`it ended: ${out}`)
  return { kill }
}

type Program = Awaited<ReturnType<typeof run>>

/** Below the ports that outgoing connections take, so that it is still free after a kill. */
const freePort = async (random: () => number): Promise<number> => {
  for (;;) {
    const port = 20_000 + Math.floor(random() * 10_000)
    const server = createServer()
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!free) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}

/** What user number `n` asks: answered at once, late, near the deadline, in parts, and two in a row. */
const questionsOf = (n: number): string[] =>
  [
    [`你好 ${n} 号`],
    [`慢 1.5 ${n} 号`],
    [`长 1100 ${n} 号`],
    [`慢 1 ${n} 号`],
    [`慢 0.6 ${n} 号`, `再问 ${n} 号`],
    [`慢 0.7 长 1100 ${n} 号`],
  ][n % 6] ?? []

const openAskers = (weixin: SandboxServer, engine: Engine, random: () => number) => {
  let users = 0
  let asking = true
  const running: Promise<unknown>[] = []
  const askAll = async () => {
    while (asking) {
      users += 1
      const me = openidOf(`${engine} crash ${users}`)
      for (const text of questionsOf(users)) {
        running.push(weixin.platform.send(me, text))
        await sleep(120 + random() * 200)
      }
    }
  }
  const all = askAll()
  return {
    async stop() {
      asking = false
      await all
      await Promise.all(running)
    },
  }
}

type Asked = {
  openid: string
  question: string
  status: string
  delivery: string
  held: string | null
  sent: number
  parts: string[]
}

const isEnded = ({ status, delivery }: Asked): boolean =>
  status === 'answered' && ['replied', 'delivered'].includes(delivery)

/** Every accepted question's parts as the user's phone shows them, by their numbers. */
const readPhones = (weixin: SandboxServer, asked: Asked[]) =>
  asked.map(({ openid, question, parts }) => {
    const shown = weixin.platform.phone(openid).messages.filter(({ from }) => from === 'account')
    const numbers = shown.map(({ text }) => parts.indexOf(text)).filter((number) => number >= 0)
    return { openid, question, numbers, parts: parts.length, shown }
  })

type Setup = { name: string; engine: Engine; openEnv(): Promise<Env>; killed: Env; stays?: Env }

const setups: Setup[] = [
  { name: 'one process on SQLite', engine: 'sqlite', openEnv: async () => ({}), killed: { ROLE: 'all' } },
  {
    name: 'the worker on MariaDB and Redis',
    engine: 'mysql',
    openEnv: openRedisEnv,
    killed: { ROLE: 'worker' },
    stays: { ROLE: 'api' },
  },
]

const killAndRestart = async (setup: Setup) => {
  const random = seeded(SEED + setups.indexOf(setup))
  const database = await createTestDatabase(setup.engine)
  const weixin = await startSandboxServer()
  const dir = mkdtempSync(join(tmpdir(), 'yingda-crash-'))
  const env = {
    ...envFor(weixin, database.url, dir),
    ...(await setup.openEnv()),
    PORT: `${await freePort(random)}`,
    MERGE_WITHIN_MS: '0',
  }
  weixin.platform.setCallbackUrl(`http://127.0.0.1:${env.PORT}/wechat/callback`)
  const { knex, close } = openDatabase(database.url)
  const programs: Program[] = []
  const start = async (role: Env) => {
    const program = await run({ ...env, ...role }, dir)
    programs.push(program)
    return program
  }
  try {
    if (setup.stays) await start(setup.stays)
    let program = await start(setup.killed)
    const askers = openAskers(weixin, setup.engine, random)
    for (let kills = 0; kills < KILLS; kills += 1) {
      await sleep(200 + random() * 900)
      await program.kill()
      program = await start(setup.killed)
    }
    await askers.stop()

    const turns = createKnexTurns(knex, testPersonHash)
    const deliveries = createKnexDeliveries(knex, testPersonHash)
    const readAsked = async (): Promise<Asked[]> => {
      const asked: Asked[] = []
      for (const id of await knex('turns').orderBy('id').pluck<string[]>('id')) {
        const [turn, delivery] = [await turns.find(id), await deliveries.find(id)]
        if (!turn || !delivery) throw new Error(`${id} is not whole`)
        const { openid, question, status } = turn
        const answer = writeScript([{ role: 'user', text: question }]).text
        const parts = partsOfTurn({ ...turn, answer, status: 'answered', failure: undefined }, TEXTS, true)
        const row = await knex('deliveries').where({ turn_id: id }).first('hold_reason', 'parts_sent')
        const state = { held: row?.hold_reason, sent: row?.parts_sent }
        asked.push({ openid, question, status, delivery: delivery.status, parts, ...state })
      }
      return asked
    }
    const accepted = await readAsked()
    const complete = () =>
      readPhones(weixin, accepted).every(({ numbers, parts }) => new Set(numbers).size === parts)
    const calmAt = performance.now()
    while (!complete() && performance.now() - calmAt < CALM_MS) await sleep(1500)
    // Several kills in one flight use up what WeChat takes: the rest comes with the user's next word.
    const seen = readPhones(weixin, accepted)
    const waiting = (await readAsked()).filter(
      (asked, index) => !isEnded(asked) || new Set(seen[index]?.numbers).size < asked.parts.length,
    )
    for (const { openid } of waiting) await weixin.platform.send(openid, '还有吗')
    if (waiting.length > 0) await until(async () => complete() && (await readAsked()).every(isEnded), CALM_MS)
    const ends = await readAsked()
    return { accepted, ends, phones: readPhones(weixin, ends) }
  } finally {
    await Promise.all(programs.map(({ kill }) => kill()))
    await close()
    await weixin.close()
    await database.drop()
    rmSync(dir, { recursive: true, force: true })
  }
}

describe(`killing twenty times (CRASH_SEED=${SEED})`, () => {
  test.concurrent.each(setups.filter(({ engine }) => engines.includes(engine)))(
    '$name loses no answer, and repeats at most the part that was on its way',
    async (setup) => {
      const { accepted, ends, phones } = await killAndRestart(setup)
      expect(accepted.length).toBeGreaterThan(40)
      const open = ends.filter((asked) => !isEnded(asked))
      const numbersOf = ({ openid }: Asked) => phones.find((phone) => phone.openid === openid)?.numbers
      expect(open.map((asked) => ({ ...asked, parts: asked.parts.length, shown: numbersOf(asked) }))).toEqual(
        [],
      )
      // 0, 1, 1, 2: from one part to the next, or the same part once more.
      const wrong = phones.filter(
        ({ numbers, parts }) =>
          numbers[0] !== 0 ||
          numbers.at(-1) !== parts - 1 ||
          numbers.some((number, index) => index > 0 && ![0, 1].includes(number - (numbers[index - 1] ?? 0))),
      )
      expect(wrong).toEqual([])
      const repeats = phones.map(({ numbers, parts }) => numbers.length - parts)
      // Each kill in its flight may repeat a part; of one answer WeChat takes five.
      expect(Math.max(...repeats)).toBeLessThanOrEqual(4)
      // A part in other words, with a word about a rest, would be none of these.
      const texts = new Set(ends.flatMap(({ parts }) => parts))
      expect(phones.flatMap(({ shown }) => shown).filter(({ text }) => !texts.has(text))).toEqual([])
    },
    600_000,
  )
})
