import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { fitPrompt, tooLong } from '../../src/llm/prompt.ts'

const exchange = (name: string) => ({ question: `q${name}`, answer: `a${name}` })
const promptOf = (
  maxTokens: number,
  history = [exchange('3'), exchange('2'), exchange('1')],
  question = 'q',
) =>
  fitPrompt({
    system: 's',
    history,
    question,
    contextTokens: maxTokens,
    countTokens: async (text) => text.length,
  })

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

describe('a question', () => {
  const judge = (question: string, contextTokens: number | undefined) =>
    tooLong({ system: 's', question, contextTokens, countTokens: async (text) => text.length })

  test('may have 8,000 tokens where the operator sets nothing', async () => {
    expect(await judge('q'.repeat(8000), undefined)).toBeUndefined()
    expect(await judge('q'.repeat(8001), undefined)).toEqual({ tokens: 8001, mostTokens: 8000 })
  })

  test('may have what the system prompt leaves it', async () => {
    // 5 tokens for the system prompt, 4 for its own role.
    expect(await judge('q'.repeat(91), 100)).toBeUndefined()
    expect(await judge('q'.repeat(92), 100)).toEqual({ tokens: 92, mostTokens: 91 })
    expect(await judge('q', 3)).toEqual({ tokens: 1, mostTokens: 0 })
  })

  test('that may be asked makes a prompt that keeps to the limit, and only such a one', () =>
    fc.assert(
      fc.asyncProperty(
        fc.string({ maxLength: 200 }),
        fc.integer({ min: 10, max: 150 }),
        async (text, most) => {
          const prompt = await promptOf(most, [], text)
          const cost = prompt.reduce((sum, { content }) => sum + content.length + 4, 0)
          expect((await judge(text, most)) === undefined).toBe(cost <= most)
        },
      ),
    ))
})
