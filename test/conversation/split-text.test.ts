import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { byteLength, splitText } from '../../src/conversation/split-text.ts'

const squeezed = (text: string): string => text.replace(/\s+/g, '')

describe('byteLength', () => {
  test.each([
    ['', 0],
    ['a', 1],
    ['é', 2],
    ['应', 3],
    ['😀', 4],
  ])('of %j is %i', (text, bytes) => {
    expect(byteLength(text)).toBe(bytes)
  })
})

describe('splitText', () => {
  test.each(['', ' ', '\n\t　'])('gives nothing for %j', (text) => {
    expect(splitText(text, 100)).toEqual([])
  })

  test('keeps a text that fits exactly in one part', () => {
    expect(splitText('应答应答', 12)).toEqual(['应答应答'])
    expect(splitText('应答应答', 11)).toHaveLength(2)
  })

  test('splits at a paragraph before a line', () => {
    expect(splitText('aaaa bbbb\n\ncccc\ndddd eeee', 20)).toEqual(['aaaa bbbb', 'cccc\ndddd eeee'])
  })

  test('splits at a line before a sentence', () => {
    expect(splitText('aaaa\nbbb. ccc. dddd eeee ffff', 14)[0]).toBe('aaaa')
    expect(splitText('一二三\n四五。六七八九十', 24)[0]).toBe('一二三')
  })

  test('splits at the end of a sentence before a clause, closing quotes included', () => {
    expect(splitText('他说：“好的。”然后，他走了出去', 36)).toEqual(['他说：“好的。”', '然后，他走了出去'])
    expect(splitText('It is. So, then we go on', 16)[0]).toBe('It is.')
  })

  test('splits at a clause before a space', () => {
    expect(splitText('one, two three four', 14)[0]).toBe('one,')
    expect(splitText('一二，三四 五六七八', 24)[0]).toBe('一二，')
  })

  test('splits at a space before the middle of a word', () => {
    expect(splitText('alpha beta gamma', 12)).toEqual(['alpha beta', 'gamma'])
  })

  test('does not split in a number, a time or an address', () => {
    expect(splitText('price 3.14159265 at 12:30:45 now', 14)).toEqual([
      'price',
      '3.14159265 at',
      '12:30:45 now',
    ])
  })

  test('moves an address to the next part rather than break it', () => {
    const url = `https://example.com/${'a'.repeat(70)}`
    expect(splitText(`见 ${url}`, 92)).toEqual(['见', url])
  })

  test('passes over a paragraph that would leave a scrap for a weaker boundary further on', () => {
    expect(splitText('Hi!\n\naaaa bbbb cccc dddd eeee ffff gggg hhhh iiii jjjj', 24)[0]).toBe(
      'Hi!\n\naaaa bbbb cccc dddd',
    )
  })

  test('leaves no scrap at the end', () => {
    expect(splitText('aaaa bbbb cccc dddd eeee f', 24).map((part) => part.length)).toEqual([14, 11])
  })

  test('keeps the indentation of the line a part begins with', () => {
    expect(splitText('• aaaa bbbb\n  • cccc dddd eeee', 20)).toEqual(['• aaaa bbbb', '  • cccc dddd eeee'])
  })

  test('does not split a family, a flag or a letter from its accents', () => {
    const family = '👨‍👩‍👧'
    expect(splitText(family.repeat(4), 40)).toEqual([family + family, family + family])
    expect(splitText('🇨🇳🇨🇳🇨🇳', 12)).toEqual(['🇨🇳', '🇨🇳', '🇨🇳'])
    expect(splitText('e\u0301e\u0301e\u0301', 5)).toEqual(['e\u0301', 'e\u0301', 'e\u0301'])
    expect(splitText('好。\u0301啊啊啊啊', 13)[0]).toBe('好。\u0301啊')
  })

  test('splits a character longer than a part between its code points', () => {
    expect(splitText('👨‍👩‍👧', 10)).toEqual(['👨‍', '👩‍', '👧'])
  })

  test('puts U+FFFD for an unpaired surrogate', () => {
    expect(splitText('a\ud800b', 10)).toEqual(['a\ufffdb'])
  })

  test.each([3, 0, -1, Number.NaN])('refuses parts of %d bytes', (maxBytes) => {
    expect(() => splitText('a', maxBytes)).toThrow(RangeError)
  })

  test('keeps every part under the limit and loses nothing but white space', () => {
    const piece = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          '。',
          '，',
          '. ',
          ', ',
          '\n',
          '\n\n',
          ' ',
          '  ',
          '　',
          '……',
          '！”',
          '\r\n',
        ),
      },
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          '应答',
          'word',
          '👨‍👩‍👧',
          '🇨🇳',
          'e\u0301',
          '\u200d',
          '😀',
          'https://a.b/c?d=e',
        ),
      },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 4, max: 80 }), (pieces, maxBytes) => {
        const text = pieces.join('').toWellFormed()
        const parts = splitText(text, maxBytes)
        for (const part of parts) {
          expect(byteLength(part)).toBeLessThanOrEqual(maxBytes)
          expect(part.trim()).not.toBe('')
          expect(part.isWellFormed()).toBe(true)
        }
        expect(squeezed(parts.join(''))).toBe(squeezed(text))
        // The parts stand in the text in order, with nothing but white space between them.
        let at = 0
        for (const part of parts) {
          const found = text.indexOf(part, at)
          expect(text.slice(at, found).trim()).toBe('')
          at = found + part.length
        }
        if (byteLength(text.trim()) <= maxBytes) expect(parts.length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    ['prose', '今天天气很好，我们去公园玩。A sentence in English, too.\n\n', 2000],
    ['one word', 'a', 2000],
    ['dots', '.', 2000],
    ['full stops', '。', 2000],
    ['spaces', ' ', 2000],
    ['accents', '\u0301', 2000],
    ['newlines between letters', 'a\n\n', 2000],
    ['tiny parts', '应答', 30],
  ])('splits a megabyte of %s without delay', (_, unit, maxBytes) => {
    const text = `x${unit.repeat(Math.ceil(1_000_000 / byteLength(unit)))}x`
    const before = process.cpuUsage()
    const parts = splitText(text, maxBytes)
    // Time of this process alone, for others may keep the machine busy.
    expect(process.cpuUsage(before).user).toBeLessThan(4_000_000)
    expect(squeezed(parts.join(''))).toBe(squeezed(text))
  })
})
