import { describe, expect, test } from '@jest/globals'
import { printable, quoted } from '../../src/cli/printable.ts'
import { createProgress } from '../../src/cli/progress.ts'
import { csvRows } from '../../src/cli/rows.ts'
import { facts, table } from '../../src/cli/table.ts'

describe('a table', () => {
  test('keeps its columns straight whatever stands in them', () => {
    const lines = table(
      [{ title: 'name' }, { title: 'cards', align: 'right' }, { title: 'expires' }],
      [
        ['春天', 12_345, undefined],
        ['plain', 7, '2027-01-01'],
      ],
    )
    expect(lines).toEqual(['name    cards  expires', '春天   12,345  -', 'plain       7  2027-01-01'])
  })

  test('leaves out facts that are none', () => {
    expect(
      facts([
        ['a', 1],
        ['long', undefined],
        ['bb', 'x'],
      ]),
    ).toEqual(['a   1', 'bb  x'])
  })
})

describe('what was typed or stored', () => {
  test('holds nothing that a terminal obeys', () => {
    expect(printable('a\u001b[31mb\u0007\u202Ec\n')).toBe('a\uFFFD[31mb\uFFFD\uFFFDc\uFFFD')
    expect(quoted('x'.repeat(1000))).toBe(`"${'x'.repeat(60)}…"`)
  })

  test('stays one field of CSV', () => {
    const { line } = csvRows(['a', 'b'])
    expect(line({ a: 'x,"y"\n', b: null }, 0)).toBe('"x,""y""\n",\n')
  })
})

describe('progress', () => {
  const run = (isTTY: boolean) => {
    let now = 0
    const written: string[] = []
    const stream = { isTTY, write: (text: string) => written.push(text) }
    const progress = createProgress({ what: 'cards', total: 2000, stream, now: () => now })
    for (let done = 0; done <= 2000; done += 100) {
      progress.reached(done)
      now += 600
    }
    progress.end()
    return written
  }

  test('is one line on a terminal, which is gone at the end', () => {
    const written = run(true)
    expect(written.join('')).not.toContain('\n')
    expect(written[9]).toBe('\r[###############...............] 1,000 of 2,000 cards (50%)\x1b[K')
    expect(written.at(-1)).toBe('\r\x1b[K')
  })

  test('is a plain line every few seconds elsewhere', () => {
    expect(run(false)).toEqual(['900 of 2,000 cards (45%)\n', '1,800 of 2,000 cards (90%)\n'])
  })
})
