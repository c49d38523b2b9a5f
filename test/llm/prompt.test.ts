import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { fitPrompt } from '../../src/llm/prompt.ts'

const exchange = (name: string) => ({ question: `q${name}`, answer: `a${name}` })
const promptOf = (maxTokens: number, history = [exchange('3'), exchange('2'), exchange('1')]) =>
  fitPrompt({ system: 's', history, question: 'q', maxTokens, countTokens: async (text) => text.length })

describe('the prompt', () => {
  test('holds system, history in order, question', async () => {
    expect((await promptOf(1000)).map(({ role, content }) => `${role} ${content}`)).toEqual([
      'system s',
      ...['user q1', 'assistant a1', 'user q2', 'assistant a2', 'user q3', 'assistant a3'],
      'user q',
    ])
  })

  test('drops whole exchanges from the oldest on when the budget is small', async () => {
    // 5 tokens each for system and question, 12 for an exchange: the second fits at 34 exactly.
    expect((await promptOf(34)).map(({ content }) => content)).toEqual(['s', 'q2', 'a2', 'q3', 'a3', 'q'])
    expect((await promptOf(33)).map(({ content }) => content)).toEqual(['s', 'q3', 'a3', 'q'])
  })

  test('always holds the question', async () => {
    expect((await promptOf(0)).map(({ content }) => content)).toEqual(['s', 'q'])
  })

  test('never exceeds the budget with its history', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.string(), fc.string())),
        fc.integer({ min: 20, max: 300 }),
        async (pairs, maxTokens) => {
          const history = pairs.map(([question, answer]) => ({ question, answer }))
          const messages = await promptOf(maxTokens, history)
          const cost = messages.reduce((sum, { content }) => sum + content.length + 4, 0)
          expect(messages.length === 2 || cost <= maxTokens).toBe(true)
        },
      ),
    ))
})
