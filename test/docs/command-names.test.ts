import { globSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { createProgram } from '../../src/cli/program.ts'

/** Where operators are told to type a command. */
const files = globSync([
  '*.md',
  'docs/**/*.md',
  'deploy/**/*.{md,yml,yaml}',
  'docker-compose.yml',
  'scripts/*.sh',
  'src/**/*.ts',
]).toSorted()

/** `yingda cards create`, `npm run yingda -- doctor`, `"cards show"` in what is said. Not of other things called yingda. */
const NAMED = /(?:(?<![\w/.-])yingda(?: --)?|"cards|"users) ([a-z]+)(?: ([a-z]+))?/g

const program = createProgram()

/** Why this is no command; undefined when it is one. */
const faultOf = (named: string, first: string, second: string | undefined): string | undefined => {
  const group = /^"(\w+)/.exec(named)?.[1]
  const command = program.commands.find((each) => each.name() === (group ?? first))
  if (!command) return named
  const wanted = group ? first : second
  if (wanted === undefined || command.commands.length === 0) return undefined
  return command.commands.some((each) => each.name() === wanted) ? undefined : named
}

/** Of prose what stands in code alone. */
const codeOf = (file: string): string => {
  const text = readFileSync(file, 'utf8')
  if (!file.endsWith('.md')) return text
  return [...text.matchAll(/^```[\s\S]*?^```|`[^`\n]+`/gm)].map(([code]) => code).join('\n')
}

describe('a command that operators are told to type', () => {
  test.each(files.filter((file) => codeOf(file).search(NAMED) >= 0))('is there: %s', (file) => {
    const faults = [...codeOf(file).matchAll(NAMED)].map(([named, first = '', second]) =>
      faultOf(named, first, second),
    )
    expect(faults.filter(Boolean)).toEqual([])
  })
})
