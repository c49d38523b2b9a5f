import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from '@jest/globals'
import { createBackup } from '../../src/wiring/backup/create.ts'
import { listBackups } from '../../src/wiring/backup/list.ts'
import { verifyBackup } from '../../src/wiring/backup/verify.ts'
import { clock, type Place, usePlaces } from '../support/backups.ts'
import { engines } from '../support/databases.ts'
import { insertRows, makeRows } from '../support/fill-any.ts'
import { programEnv } from '../support/program-env.ts'
import { runs } from '../support/runs.ts'
import { until } from '../support/until.ts'

const ROWS = 150
const KILLS = runs(3, 3)
const main = join(import.meta.dirname, '../../src/cli/main.ts')
const { place } = usePlaces()

/** To repeat a failure, roughly: KILL_SEED=…, as the failure prints it. */
const SEED = Number(process.env.KILL_SEED ?? randomInt(1e9))
let state = SEED
const random = (): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}

const workIn = ({ settings }: Place): string[] => {
  try {
    return readdirSync(join(settings.DATA_DIR, 'backups')).filter((name) => name.startsWith('.work-'))
  } catch {
    return []
  }
}

/** The real program. Told how long it took from the moment it had begun its work; killed `killMs` after that moment. */
const run = async (here: Place, args: readonly string[], killMs?: number): Promise<number> => {
  const { DATA_DIR, DATABASE_URL, APP_SECRET = '' } = here.settings
  const child = spawn(process.execPath, [main, 'backup', ...args], {
    cwd: DATA_DIR,
    env: { ...programEnv(), DATA_DIR, DATABASE_URL, APP_SECRET },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk) => {
    said += chunk
  })
  const left = workIn(here)
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  await until(() => isOver() || workIn(here).some((name) => !left.includes(name)), 60_000)
  const startedAt = performance.now()
  if (killMs !== undefined) {
    await sleep(killMs)
    child.kill('SIGKILL')
  }
  await ended
  if (killMs === undefined && child.exitCode !== 0) throw new Error(`exit ${child.exitCode}: ${said}`)
  return performance.now() - startedAt
}

/** What is in it, but for the audit, in which each restore is noted. */
const contentOf = async (here: Place): Promise<string> =>
  JSON.stringify([...(await here.sums())].filter(([name]) => name !== 'audit_entries'))

/** What lies there has lain there for a while. */
const grownOld = (here: Place): void => {
  const hourAgo = (Date.now() - 3_600_000) / 1000
  for (const name of workIn(here)) utimesSync(join(here.settings.DATA_DIR, 'backups', name), hourAgo, hourAgo)
}

describe.each(engines)(`on %s, with SIGKILL at any moment (seed ${SEED})`, (engine) => {
  const filled = async (): Promise<Place> => {
    const [made, plan] = [await place(engine), await place('sqlite')]
    await insertRows((await made.database()).knex, await makeRows((await plan.database()).knex, ROWS))
    return made
  }

  test('a backup is there whole or not at all, and what is left is taken away by the next', async () => {
    const here = await filled()
    const ms = await run(here, ['create'])
    for (let kills = 0; kills < KILLS; kills += 1) await run(here, ['create'], random() * ms)
    const found = listBackups(here.settings.DATA_DIR)
    expect(found.length).toBeGreaterThan(0)
    for (const { file } of found)
      expect((await verifyBackup(here.settings, { clock, file })).restorable).toBe(true)
    const left = workIn(here)
    const file = found[0]?.file ?? ''
    for (let kills = 0; kills < KILLS; kills += 1) await run(here, ['verify', file], random() * ms)
    expect(workIn(here).length).toBeGreaterThanOrEqual(left.length)
    grownOld(here)
    await createBackup(here.settings, { clock })
    expect(workIn(here)).toEqual([])
  }, 120_000)

  test('a restore has happened or has not', async () => {
    const source = await filled()
    const file = (await createBackup(source.settings, { clock })).file ?? ''
    const { knex } = await source.database()
    await knex('departed_users').delete()
    const other = (await createBackup(source.settings, { clock })).file ?? ''
    const target = await place(engine)
    const ms = await run(target, ['restore', other])
    const without = await contentOf(target)
    expect(without).toEqual(await contentOf(source))
    const states: string[] = []
    for (let kills = 0; kills < KILLS; kills += 1) {
      const from = kills % 2 === 0 ? file : other
      await run(target, ['restore', from, '--yes'], random() * ms)
      states.push(await contentOf(target))
    }
    grownOld(target)
    await run(target, ['restore', file, '--yes'])
    const whole = await contentOf(target)
    expect((await target.sums()).get('departed_users')?.rows).toBe(ROWS)
    for (const seen of states) expect([without, whole]).toContain(seen)
    expect(workIn(target)).toEqual([])
  }, 120_000)
})
