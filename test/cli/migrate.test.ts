import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { programMigrations } from '../../src/infra/db/migrate.ts'
import { judgeUpgrade } from '../../src/wiring/schema.ts'
import { ADDS, AFTER, contractOf, expand, NEXT, NOTHING, newerProgram } from '../support/newer-program.ts'
import { programEnv } from '../support/program-env.ts'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'yingda-cli-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const fed = (input: string, ...args: string[]) => {
  const env = programEnv()
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd,
    env,
    input,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

const yingda = (...args: string[]) => fed('', ...args)

describe('yingda migrate', () => {
  test('says what has run and what is to come, as lines and as JSON', () => {
    const names = programMigrations()
    expect(yingda('migrate').stdout).toBe(names.map((name) => `pending  ${name}  expand\n`).join(''))
    expect(JSON.parse(yingda('migrate', 'up', '--json').stdout)).toEqual({ applied: names })
    expect(JSON.parse(yingda('--json', 'migrate', 'status').stdout)).toEqual({
      applied: names,
      pending: [],
      unknown: [],
      steps: Object.fromEntries(names.map((name) => [name, 'expand'])),
    })
  })

  test('takes a step back only when it is agreed to', () => {
    yingda('migrate', 'up')
    const refused = yingda('migrate', 'down')
    expect(refused).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^yingda: .*--yes/),
    })
    expect(refused.stderr.trim().split('\n')).toHaveLength(1)
    // A first start makes everything at once.
    expect(refused.stderr).toContain('ALL data')
    expect(yingda('migrate', 'down', '--yes')).toMatchObject({ status: 0 })
    expect(yingda('migrate', 'down')).toMatchObject({ status: 0, stdout: 'nothing to do\n' })
  })

  test('check is fine with a version that can live with what this one would do, and looks at no database', () => {
    const names = programMigrations()
    const older = { applied: names.slice(0, -2), pending: [], unknown: [] }
    // Settings that would stop every other command: the new version is asked before it has any.
    writeFileSync(join(cwd, '.env'), 'HOST=0.0.0.0\nDATABASE_URL=mysql://nowhere.invalid/db\n')
    const { status, stdout } = fed(JSON.stringify(older), 'migrate', 'check')
    expect([status, stdout]).toEqual([
      0,
      names
        .slice(-2)
        .map((name) => `pending  ${name}  expand\n`)
        .join(''),
    ])
    const same = fed(JSON.stringify({ ...older, applied: names }), 'migrate', 'check', '--json')
    expect([same.status, JSON.parse(same.stdout)]).toEqual([0, { ok: true, pending: [], problem: null }])
  })

  test('check refuses a database of a newer version in one line', () => {
    const applied = [...programMigrations(), NEXT]
    for (const steps of [{}, { [NEXT]: { contract: 'another.ts' } }]) {
      const ran = fed(JSON.stringify({ applied, pending: [], unknown: [NEXT], steps }), 'migrate', 'check')
      expect(ran).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/^yingda: .*29991231000000_next.ts.*\n$/),
      })
    }
    const steps = { [NEXT]: 'expand' }
    expect(
      fed(JSON.stringify({ applied, pending: [], unknown: [NEXT], steps }), 'migrate', 'check').status,
    ).toBe(0)
  })

  test.each(['', '{}', 'not JSON', '[]', '{"applied":[1],"pending":[],"unknown":[]}'])(
    'check wants the status of the running version, and no %j',
    (input) => {
      const ran = fed(input, 'migrate', 'check')
      expect(ran).toMatchObject({
        status: 2,
        stdout: '',
        stderr: expect.stringMatching(/^yingda: on stdin .*\n$/),
      })
    },
  )

  test('check refuses a contract of what the running version does not know, and names what has to come first', async () => {
    const applied = programMigrations()
    const newer = newerProgram({ [NEXT]: expand + ADDS, [AFTER]: contractOf(NEXT) + NOTHING })
    const running = { applied, pending: [], unknown: [] }
    expect(await judgeUpgrade(running, newer.directory)).toMatchObject({
      pending: [NEXT, AFTER],
      problem: expect.stringMatching(
        /29991231000001_after.ts takes away.*first with a version that has 29991231000000_next/,
      ),
    })
    // The version between has the first of the two: then the second is fine, whether that one has run or not.
    for (const between of [
      { ...running, applied: [...applied, NEXT] },
      { ...running, pending: [NEXT] },
    ])
      expect(await judgeUpgrade(between, newer.directory)).toMatchObject({ problem: undefined })
    // Put back in front of what a newer one did, it does not know the first, whoever has run it.
    const unknown = { applied: [...applied, NEXT], pending: [], unknown: [NEXT], steps: {} }
    expect((await judgeUpgrade(unknown, newer.directory)).problem).toMatch(/takes away/)
    newer.remove()
  })

  test('answers wrong usage with exit 2', () => {
    expect(yingda('migrat').status).toBe(2)
    expect(yingda('migrate', '--nope').status).toBe(2)
    expect(yingda('--help').status).toBe(0)
  })
})
