import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { programMigrations } from '../../src/infra/db/migrate.ts'
import { programEnv } from '../support/program-env.ts'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'yingda-cli-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const yingda = (...args: string[]) => {
  const env = programEnv()
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd,
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

describe('yingda migrate', () => {
  test('says what has run and what is to come, as lines and as JSON', () => {
    const names = programMigrations()
    expect(yingda('migrate').stdout).toBe(names.map((name) => `pending  ${name}\n`).join(''))
    expect(JSON.parse(yingda('migrate', 'up', '--json').stdout)).toEqual({ applied: names })
    expect(JSON.parse(yingda('--json', 'migrate', 'status').stdout)).toEqual({
      applied: names,
      pending: [],
      unknown: [],
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
    expect(yingda('migrate', 'down', '--yes')).toMatchObject({ status: 0 })
  })

  test('answers wrong usage with exit 2', () => {
    expect(yingda('migrat').status).toBe(2)
    expect(yingda('migrate', '--nope').status).toBe(2)
    expect(yingda('--help').status).toBe(0)
  })
})
