import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { MAX_LIST_BYTES, MAX_LIST_ENTRIES } from '../../src/words/list-lines.ts'
import { createMatcher } from '../../src/words/matcher.ts'
import { readWordList } from '../../src/words/word-list.ts'

const read = (text: string) => readWordList(Buffer.from(text))
const wordsOf = (text: string) => {
  const list = read(text)
  return list.ok ? list.value : list.problems
}

describe('a list', () => {
  test('has a word a line, with what it does and where it stands', () => {
    expect(wordsOf('赌博\n\n# 说明\nmask: 脏话\nblock: mask: x\nBlock：毒品\nMASK ： bad word \n')).toEqual([
      { text: '赌博', act: 'block', line: 1 },
      { text: '脏话', act: 'mask', line: 4 },
      { text: 'mask: x', act: 'block', line: 5 },
      { text: '毒品', act: 'block', line: 6 },
      { text: 'bad word', act: 'mask', line: 7 },
    ])
  })

  test('may begin with a byte order mark and have CRLF', () => {
    expect(wordsOf('\ufeff# 说明\r\n赌博\r\nmask: 脏话\r\n')).toEqual([
      { text: '赌博', act: 'block', line: 2 },
      { text: '脏话', act: 'mask', line: 3 },
    ])
    expect(wordsOf('\ufeff赌博')).toEqual([{ text: '赌博', act: 'block', line: 1 }])
  })

  test('may hold # and colons within a word', () => {
    expect(wordsOf('c#\nx: y\nblock: #话题')).toEqual([
      { text: 'c#', act: 'block', line: 1 },
      { text: 'x: y', act: 'block', line: 2 },
      { text: '#话题', act: 'block', line: 3 },
    ])
  })

  test.each(['', '\ufeff', '\n \n\t\r\n', '# nothing\n#'])('may be empty: %j', (text) => {
    expect(read(text)).toEqual({ ok: true, value: [], notes: [] })
  })

  test('says which lines hold no word, and goes on without them', () => {
    expect(read('mask:\n赌博\n\u200b\u2060\nblock: \u0301')).toEqual({
      ok: true,
      value: [{ text: '赌博', act: 'block', line: 2 }],
      notes: [1, 3, 4].map((line) => `line ${line} holds no word and is passed over`),
    })
  })

  test('is refused whole when a word is too long, with the line', () => {
    const long = (length: number) => '赌'.repeat(length)
    expect(read(`a\n${long(200)}`)).toMatchObject({ ok: true })
    for (const word of [
      long(201),
      '😀'.repeat(201),
      '㍿'.repeat(51),
      `a${' '.repeat(300)}b`,
      long(1_000_000),
    ])
      expect(read(`a\nmask: ${word}\nb`)).toEqual({
        ok: false,
        problems: ['line 2: a word has at most 200 characters'],
      })
    expect(read('😀'.repeat(200))).toMatchObject({ ok: true })
  })

  test('names the first twenty lines to look at, and how many more there are', () => {
    const { problems } = { problems: [], ...read(`${'a'.repeat(201)}\n`.repeat(30)) }
    expect(problems).toHaveLength(21)
    expect(problems.at(-1)).toBe('and 10 more')
  })
})

describe('a file that is no list', () => {
  test.each([
    ['UTF-16', Buffer.from('\ufeff赌博\n毒品', 'utf16le'), 'line 1 is not UTF-8: save the file as UTF-8'],
    [
      'GBK on a line',
      Buffer.concat([Buffer.from('a\nb\n'), Buffer.from([0xb6, 0xc4, 0xb2, 0xa9]), Buffer.from('\nc')]),
      'line 3 is not UTF-8: save the file as UTF-8',
    ],
    [
      'a character cut off at the end',
      Buffer.from('a\n赌').subarray(0, -1),
      'line 2 is not UTF-8: save the file as UTF-8',
    ],
    ['an encoded surrogate', Buffer.from([0xed, 0xa0, 0x80]), 'line 1 is not UTF-8: save the file as UTF-8'],
    ['a NUL', Buffer.from('a\n\nb\0c\n'), 'line 3 holds a NUL character: is this a text file?'],
  ])('is refused: %s', (_, bytes, problem) => {
    expect(readWordList(bytes)).toMatchObject({ ok: false, problems: expect.arrayContaining([problem]) })
  })

  test('is refused when it is too large', () => {
    expect(readWordList(Buffer.alloc(MAX_LIST_BYTES, '\n')).ok).toBe(true)
    expect(readWordList(Buffer.alloc(MAX_LIST_BYTES + 1, '\n'))).toEqual({
      ok: false,
      problems: ['the file is larger than 4 MiB'],
    })
  })

  test('is refused when it has too many words', () => {
    expect(read('# many\n'.concat('a\n'.repeat(MAX_LIST_ENTRIES))).ok).toBe(true)
    expect(read('# many\n'.concat('a\n'.repeat(MAX_LIST_ENTRIES + 1)))).toEqual({
      ok: false,
      problems: [`line ${MAX_LIST_ENTRIES + 2}: the list ends at ${MAX_LIST_ENTRIES} entries`],
    })
  })
})

test('any bytes are read or refused, and never block every text', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
    fc.string({ unit: 'binary', maxLength: 100 }).map((text) => Buffer.from(text)),
  )
  fc.assert(
    fc.property(bytes, (file) => {
      const list = readWordList(file)
      if (!list.ok) return expect(list.problems.length).toBeGreaterThan(0)
      const lines = file.toString('utf8').split('\n').length
      for (const { line } of list.value) expect(line).toBeLessThanOrEqual(lines)
      const matcher = createMatcher(list.value)
      expect(matcher.check('')).toEqual({ verdict: 'pass' })
      expect(matcher.check(' \n\u200b')).toEqual({ verdict: 'pass' })
      for (const { text } of list.value) expect(matcher.check(text).verdict).not.toBe('pass')
    }),
    { numRuns: 300 },
  )
})
