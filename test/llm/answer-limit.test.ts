import { describe, expect, test } from '@jest/globals'
import { withAnswerLimit } from '../../src/llm/answer-limit.ts'
import type { StreamPart } from '../../src/llm/channel.ts'
import type { ModelSpec } from '../../src/llm/channel-spec.ts'
import { channelOf, finish, readAll, saying, text } from '../support/stream-of.ts'

const modelsWith = (more: Partial<ModelSpec>) => new Map([['m', { upstream: 'm', price: 1, ...more }]])
const lengthOf = (parts: readonly StreamPart[]) =>
  parts.reduce((sum, part) => sum + (part.type === 'finish' ? 0 : part.text.length), 0)

/** Never ends by itself. */
const endless = (type: 'text' | 'reasoning') => {
  let hungUp = false
  const channel = channelOf('endless', async function* () {
    try {
      for (;;) yield { type, text: 'a'.repeat(100) }
    } finally {
      hungUp = true
    }
  })
  return { channel, hungUp: () => hungUp }
}

describe('the limit of an answer', () => {
  test('lets an answer pass that keeps to it', async () => {
    const channel = withAnswerLimit(saying('a', text('x'.repeat(319)), finish), modelsWith({ maxTokens: 10 }))
    expect(await readAll(channel)).toEqual({ parts: [text('x'.repeat(319)), finish] })
  })

  test.each(['text', 'reasoning'] as const)(
    'hangs up on endless %s, which was cut by its length',
    async (type) => {
      const { channel, hungUp } = endless(type)
      const { parts, error } = await readAll(withAnswerLimit(channel, modelsWith({ maxTokens: 10 })))
      expect(error).toBeUndefined()
      expect(lengthOf(parts)).toBe(320)
      expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'length' })
      expect(hungUp()).toBe(true)
    },
  )

  test.each([
    ['nothing', {}, 8000],
    ['another name in the body', { body: { max_completion_tokens: 20_000 } }, 20_000],
    ['both', { maxTokens: 100, body: { max_tokens: 300 } }, 300],
  ])('is known where the operator says %s', async (_name, more, tokens) => {
    const { parts } = await readAll(withAnswerLimit(endless('text').channel, modelsWith(more)))
    expect(lengthOf(parts)).toBe(tokens * 32)
  })
})
