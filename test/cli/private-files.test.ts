import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { programEnv } from '../support/program-env.ts'
import { until } from '../support/until.ts'
import { spawnYingda } from '../support/yingda.ts'

const main = join(import.meta.dirname, '../../src/main.ts')

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)
/** Of everything in the folder. */
const modesIn = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, modeOf(join(folder, name))]))

describe('what is kept on disk', () => {
  let dir = ''
  let service: ChildProcess | undefined
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'yingda-modes-'))
  })
  afterEach(async () => {
    await stop()
    rmSync(dir, { recursive: true, force: true })
  })

  // As generous as the umask of most machines; of the folder the program itself has to think.
  const env = () => ({ ...programEnv(), DATA_DIR: join(dir, 'state/data'), PORT: '0' })
  const start = async (): Promise<void> => {
    const script = `process.umask(0o022); await import(${JSON.stringify(main)})`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: dir, env: env() })
    service = child
    let said = ''
    child.stdout.on('data', (piece) => {
      said += piece
    })
    await until(() => said.includes('is ready'), 20_000)
  }
  const stop = async (): Promise<void> => {
    const child = service
    service = undefined
    if (!child || child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill()
    await ended
  }

  test('by the service is its user’s alone: files 0600 in folders 0700', async () => {
    await start()
    const data = join(dir, 'state/data')
    const modes = modesIn(data)
    expect(Object.keys(modes)).toEqual(
      expect.arrayContaining(['app-secret', 'yingda.sqlite', 'yingda.sqlite-wal', 'yingda.sqlite-shm']),
    )
    expect([...new Set(Object.values(modes))]).toEqual(['600'])
    expect([modeOf(data), modeOf(join(dir, 'state'))]).toEqual(['700', '700'])
  }, 30_000)

  test('by an older version is made so at the start, and doctor tells of a folder', async () => {
    await start()
    await stop()
    const data = join(dir, 'state/data')
    for (const name of readdirSync(data)) chmodSync(join(data, name), 0o644)
    chmodSync(data, 0o755)
    const doctor = async () => {
      const { stdout } = await spawnYingda(dir, env(), ['doctor', '--json'])
      const { checks }: { checks: { name: string; level: string; detail: string; fix?: string }[] } =
        JSON.parse(stdout)
      return checks.find(({ name }) => name === 'privacy')
    }
    expect(await doctor()).toMatchObject({
      level: 'warning',
      detail: expect.stringContaining('app-secret'),
      fix: expect.stringMatching(/chmod 600 .*yingda\.sqlite.* && chmod 700 .*data$/),
    })
    await start()
    expect([...new Set(Object.values(modesIn(data)))]).toEqual(['600'])
    expect(await doctor()).toMatchObject({ fix: `run: chmod 700 ${data}` })
  }, 60_000)

  test('by the command line is so as well, exports included', async () => {
    const run = async (...args: string[]) => {
      const { status, stderr } = await spawnYingda(dir, env(), args)
      expect([args, status, stderr]).toEqual([args, 0, expect.anything()])
    }
    await run('migrate', 'up')
    await run('cards', 'create', '--count', '2', '--calls', '5', '--batch', 'May')
    const data = join(dir, 'state/data')
    await run('cards', 'export', 'May', '--out', join(data, 'cards.csv'))
    await run('cards', 'export', '--used', '--out', join(data, 'used.csv'))
    expect(Object.keys(modesIn(data))).toEqual(
      expect.arrayContaining(['app-secret', 'cards.csv', 'used.csv', 'yingda.sqlite']),
    )
    expect([...new Set(Object.values(modesIn(data)))]).toEqual(['600'])
    expect(modeOf(data)).toBe('700')
  }, 60_000)
})
