import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { bareText, formsOf } from '../../src/conversation/bare-text.ts'
import { nearCommand } from '../../src/conversation/near-command.ts'
import { noQuestionIn } from '../../src/conversation/no-question.ts'
import { repetitiveShapes, textOfShape } from '../support/growth.ts'

/** What short texts are looked at for, and no long one. */
const look = (text: string): void => {
  noQuestionIn(text)
  nearCommand(text.slice(0, 24))
  formsOf(bareText(text.slice(0, 40)))
}

const PIECES = [
  ...[
    '/:',
    '/',
    ':',
    ')',
    '[OK]',
    '[',
    ']',
    '微笑',
    '[微笑]',
    '好',
    'a',
    'A',
    '6',
    '哈',
    '帮我',
    '看看',
    '一下',
    '请',
  ],
  ...[' ', '。', '！', '~', '不支持', '消息', '类型', '😀', '\u200d', '\ufe0f', '🇨🇳', '"', '「'],
]

const timeOf = (text: string): number => {
  const startedAt = performance.now()
  look(text)
  return performance.now() - startedAt
}

// Patterns with several ways to read the same text try all of them before they give up: with each sign twice as many.
test('no short text is looked at for long', () => {
  fc.assert(
    fc.property(repetitiveShapes(PIECES), fc.constantFrom(...PIECES), (shape, tail) => {
      const text = textOfShape({ ...shape, tail }, 80).slice(-80)
      const times = [timeOf(text)]
      // Something else may have been done in between.
      while ((times.at(-1) ?? 0) > 50 && times.length < 4) times.push(timeOf(text))
      expect(Math.min(...times)).toBeLessThan(50)
    }),
    { numRuns: 2000 },
  )
  for (const text of [`${'/:'.repeat(39)}好`, `${'/:a'.repeat(26)}好`, `${'/:,@'.repeat(19)} 好`])
    expect(Math.min(timeOf(text), timeOf(text), timeOf(text))).toBeLessThan(50)
})
