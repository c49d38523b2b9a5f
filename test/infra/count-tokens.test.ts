import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { countTokens as countWhole } from 'gpt-tokenizer/encoding/o200k_base'
import { createTokenCounter } from '../../src/infra/llm/count-tokens.ts'
import { expectLinear, repetitiveShapes, tooMuchTime } from '../support/growth.ts'

/** Nothing is remembered from one run to the next. */
const countAnew = (text: string) => createTokenCounter()(text)

/** Letters of a script at random, always the same ones. */
const lettersOf = (first: number, howMany: number) => (length: number) => {
  let state = 7
  let text = ''
  while (text.length < length) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    text += String.fromCodePoint(first + ((state >>> 8) % howMany))
  }
  return text
}

describe('counting tokens', () => {
  test('takes special tokens for the text they are', async () => {
    expect(await countAnew('<|endoftext|>')).toBeGreaterThan(1)
  })

  test.each([
    ['Thai', lettersOf(0xe01, 46)],
    ['Chinese', lettersOf(0x4e00, 20_000)],
    ['one Chinese character', (length: number) => '汉'.repeat(length)],
    [
      'Chinese without punctuation',
      (length: number) => '今天天气很好我们一起去公园散步吧'.repeat(length / 16),
    ],
    ['emoji', lettersOf(0x1f300, 500)],
    ['families', (length: number) => '👨‍👩‍👧'.repeat(length / 8)],
    ['private characters', lettersOf(0xe000, 6000)],
    ['cuneiform', lettersOf(0x12000, 700)],
    ['small letters', lettersOf(0x61, 26)],
    ['capitals', lettersOf(0x41, 26)],
    ['signs', lettersOf(0x21, 15)],
    ['spaces', (length: number) => ' '.repeat(length)],
    ['empty lines', (length: number) => ' \n'.repeat(length / 2)],
    ['accents', (length: number) => 'e\u0301\u0302\u0303'.repeat(length / 4)],
    ['special tokens', (length: number) => '<|endoftext|>'.repeat(length / 13)],
    ['halves of pairs', (length: number) => '\ud83d'.repeat(length)],
  ])('takes time that is linear in %s', async (_name, textOf) => {
    expect(await tooMuchTime(countAnew, textOf)).toBeUndefined()
  })

  test('takes time that is linear in whatever is repeated', () =>
    expectLinear(
      countAnew,
      repetitiveShapes([
        'a',
        'A',
        '汉',
        'ก',
        'é',
        '\u0301',
        '😀',
        '\ue000',
        '7',
        '-',
        '<|',
        ' ',
        '\n',
        '\r',
        "'s",
      ]),
      60,
    ))

  test('is right within two per cent where it has to cut', async () => {
    const texts = [
      'The quick brown fox jumps over the lazy dog. '.repeat(300),
      '人工智能正在改变我们的生活，从医疗到教育，处处都能看到它的影子。'.repeat(200),
      '今天天气很好我们一起去公园散步吧大家都觉得非常开心'.repeat(30),
      `${'const answer = await ask(question)\n'.repeat(200)}`,
      lettersOf(0x4e00, 20_000)(3000),
    ]
    for (const text of texts) {
      const exact = countWhole(text)
      expect(Math.abs((await countAnew(text)) - exact)).toBeLessThanOrEqual(exact * 0.02)
    }
  })

  test('is exact for short texts', () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 200 }), async (text) => {
        expect(await countAnew(text)).toBe(countWhole(text, { disallowedSpecial: new Set() }))
      }),
      { numRuns: 50 },
    ))

  test('lets others have their turn', async () => {
    let turns = 0
    let running = true
    const others = (): void => {
      turns += 1
      if (running) setImmediate(others)
    }
    setImmediate(others)
    await countAnew(lettersOf(0x4e00, 20_000)(40_000))
    running = false
    expect(turns).toBeGreaterThanOrEqual(9)
  })

  test('remembers what was counted', async () => {
    const count = createTokenCounter()
    const text = lettersOf(0xe01, 46)(20_000)
    const timed = async () => {
      const startedAt = performance.now()
      const tokens = await count(text)
      return { tokens, ms: performance.now() - startedAt }
    }
    const first = await timed()
    const again = [await timed(), await timed(), await timed()]
    expect(again.map(({ tokens }) => tokens)).toEqual([first.tokens, first.tokens, first.tokens])
    expect(Math.min(...again.map(({ ms }) => ms))).toBeLessThan(first.ms / 3)
  })
})
