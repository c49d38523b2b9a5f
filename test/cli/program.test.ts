import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Command } from 'commander'
import { readBuild } from '../../src/base/build.ts'
import { EXAMPLES } from '../../src/cli/examples.ts'
import { createProgram } from '../../src/cli/program.ts'
import { programEnv } from '../support/program-env.ts'

let cwd = ''
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'yingda-cli-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const main = join(import.meta.dirname, '../../src/cli/main.ts')
const yingda = (...args: string[]) => {
  const options = { cwd, env: programEnv(), encoding: 'utf8' } as const
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], options)
  return { status, stdout, stderr }
}

const examples = Object.entries(EXAMPLES).flatMap(([path, all]) => all.map(({ line }) => [path, line]))

describe('yingda', () => {
  test.each(examples)(
    'ends the help of %s with an example that has its options right: %s',
    (path = '', line = '') => {
      const command = path
        .split(' ')
        .reduce<Command | undefined>(
          (group, name) => group?.commands.find((each) => each.name() === name),
          createProgram(),
        )
      expect(line).toContain(` ${path}`)
      const known = command?.options.map(({ long }) => long)
      const used = line.slice(line.indexOf(path)).match(/(?<= )--[a-z]+/g) ?? []
      expect(used.filter((option) => !known?.includes(option))).toEqual([])
    },
  )

  test('says which program it is, though the settings are wrong', () => {
    writeFileSync(join(cwd, '.env'), 'PORT=none')
    const { version } = readBuild()
    expect(yingda('--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
    expect(JSON.parse(yingda('--version', '--json').stdout)).toEqual({ version, commit: null })
  })

  test('lists --json once in the help of a command', () => {
    expect(yingda('cards', 'create', '--help').stdout).toMatch(
      /\nExamples:\n {2}yingda cards create --count 10/,
    )
    for (const args of [['--help'], ['cards', '--help'], ['cards', 'create', '--help']])
      expect(yingda(...args).stdout.match(/--json/g)).toHaveLength(1)
  })
})
