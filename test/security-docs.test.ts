import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'

const ROW = /^\| .+ \| .+ \| ([\w/-]+): (.+?)\s+\|$/
const rows = readFileSync('docs/security.md', 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !/^\| (?:-|threat)/.test(line))

describe('docs/security.md', () => {
  test('names a test for every threat', () => {
    expect(rows.length).toBeGreaterThan(50)
    expect(rows.filter((row) => !ROW.test(row))).toEqual([])
  })

  test.each(rows.map((row) => ROW.exec(row) ?? []).map(([, file, title]) => [file, title]))(
    '%s has the test it names: %s',
    (file, title) => {
      expect(readFileSync(`test/${file}.test.ts`, 'utf8')).toContain(title)
    },
  )
})
