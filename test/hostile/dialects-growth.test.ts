import { expect, test } from '@jest/globals'
import { ProviderRefusal } from '../../src/infra/llm/complaint.ts'
import { faultOf } from '../../src/infra/llm/fault-of.ts'
import { framesOf } from '../../src/infra/llm/read-frames.ts'
import { quirkIn } from '../../src/infra/llm/request-form.ts'
import { partsOf } from '../../src/infra/llm/stream-parts.ts'
import type { StreamPart } from '../../src/llm/channel.ts'
import { hideReasoning } from '../../src/llm/hide-reasoning.ts'
import { withoutStrayReasoning } from '../../src/llm/stray-reasoning.ts'
import { expectLinear, repetitiveShapes } from '../support/growth.ts'

const RUNS = 12
const MARKS = [
  ...[
    '<think>',
    '</think>',
    '<think ',
    '<',
    '</',
    '>',
    '[THINK]',
    '[/THINK',
    '◁think▷',
    '`',
    '``',
    '```\n',
    '"',
  ],
  ...[
    '<|channel|>',
    'final',
    '<|message|>',
    '<|end|>',
    'analysis',
    '想',
    ' ',
    '\n',
    '<answer>',
    '</answer>',
    '\u3000',
  ],
  ...['<details>', '<summary>', 'a', '<reason>', '</reason>'],
]

async function* inPieces(text: string, length: number): AsyncGenerator<StreamPart> {
  for (let at = 0; at < text.length; at += length) yield { type: 'text', text: text.slice(at, at + length) }
}

test.each([3, 4096])(
  'hiding thoughts takes time in proportion to the text, in pieces of %i',
  async (length) => {
    const work = async (text: string) => {
      for await (const _ of hideReasoning(inPieces(text, length)));
    }
    await expectLinear(work, repetitiveShapes(MARKS), RUNS)
  },
)

test('so does finding a thought that began before the answer', async () => {
  await expectLinear(withoutStrayReasoning, repetitiveShapes(MARKS), RUNS)
})

const BYTES = [
  'data:',
  'data: {"choices":[',
  '{',
  '}',
  '[',
  '"',
  '\n',
  '\r\n',
  '\n\n',
  ':',
  ',',
  ' ',
  '\\',
  '1',
  '[DONE',
  '<',
]

test('so does reading a stream of anything', async () => {
  const work = async (text: string) => {
    const bytes = (async function* () {
      const all = Buffer.from(text)
      for (let at = 0; at < all.length; at += 64) yield all.subarray(at, at + 64)
    })()
    try {
      for await (const _ of partsOf(framesOf(bytes), 'c'));
    } catch {
      // Whatever it is, it is no answer.
    }
  }
  await expectLinear(work, repetitiveShapes(BYTES), RUNS)
})

test('so does finding out whose fault a refusal is', async () => {
  const body = { model: 'm', messages: [], stream: true, stream_options: {}, max_tokens: 8000, stop: 'x' }
  const pieces = [
    'model ',
    'not',
    'key ',
    'invalid ',
    'context',
    '模型',
    '超',
    ' ',
    '{"a":',
    '[',
    '"',
    'max_tokens',
    '9',
    'exceed',
  ]
  const work = (text: string) => {
    const refusal = new ProviderRefusal(400, text)
    quirkIn(refusal, body)
    return faultOf(refusal)
  }
  await expectLinear(work, repetitiveShapes(pieces), RUNS)
  expect(work('')).toBe('bad-request')
})
