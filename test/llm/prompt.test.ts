import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { countTokens } from '../../src/infra/llm/count-tokens.ts'
import { fitPrompt } from '../../src/llm/prompt.ts'

const exchange = (name: string) => ({ question: `q${name}`, answer: `a${name}` })
const promptOf = (maxTokens: number, history = [exchange('3'), exchange('2'), exchange('1')]) =>
  fitPrompt({ system: 's', history, question: 'q', maxTokens, countTokens: (text) => text.length })

describe('the prompt', () => {
  test('holds system, history in order, question', () => {
    expect(promptOf(1000).map(({ role, content }) => `${role} ${content}`)).toEqual([
      'system s',
      ...['user q1', 'assistant a1', 'user q2', 'assistant a2', 'user q3', 'assistant a3'],
      'user q',
    ])
  })

  test('drops whole exchanges from the oldest on when the budget is small', () => {
    // 5 tokens each for system and question, 12 for an exchange: the second fits at 34 exactly.
    expect(promptOf(34).map(({ content }) => content)).toEqual(['s', 'q2', 'a2', 'q3', 'a3', 'q'])
    expect(promptOf(33).map(({ content }) => content)).toEqual(['s', 'q3', 'a3', 'q'])
  })

  test('always holds the question', () => {
    expect(promptOf(0).map(({ content }) => content)).toEqual(['s', 'q'])
  })

  test('never exceeds the budget with its history', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string(), fc.string())),
        fc.integer({ min: 20, max: 300 }),
        (pairs, maxTokens) => {
          const history = pairs.map(([question, answer]) => ({ question, answer }))
          const messages = promptOf(maxTokens, history)
          const cost = messages.reduce((sum, { content }) => sum + content.length + 4, 0)
          expect(messages.length === 2 || cost <= maxTokens).toBe(true)
        },
      ),
    )
  })
})

describe('counting tokens', () => {
  test('takes special tokens for the text they are', () => {
    expect(countTokens('<|endoftext|>')).toBeGreaterThan(1)
  })

  test.each([
    ['the same letter', 'a'.repeat(60_000)],
    ['spaces', ' '.repeat(60_000)],
    ['Chinese', '应答'.repeat(30_000)],
    ['emoji', '👨‍👩‍👧'.repeat(7_000)],
  ])('is quick about %s', (_name, text) => {
    const startedAt = performance.now()
    expect(countTokens(text)).toBeGreaterThan(400)
    expect(performance.now() - startedAt).toBeLessThan(15_000)
  })
})
