import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { framesOf } from '../../src/infra/llm/read-frames.ts'
import { partsOf } from '../../src/infra/llm/stream-parts.ts'
import type { StreamPart } from '../../src/llm/channel.ts'
import { heardFrom } from '../support/heard-from.ts'
import { DONE, frame, type OddProvider, type OddReply, startOddProvider } from '../support/odd-provider.ts'
import { openTestChannel } from '../support/open-test-channel.ts'
import { readAll, request } from '../support/stream-of.ts'

let provider: OddProvider
beforeAll(async () => {
  provider = await startOddProvider()
})
afterAll(() => provider.close())

const ask = (reply: OddReply) => heardFrom(provider, reply)
const streamed = (...pieces: string[]) => ask({ pieces })
const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`
const choice = (inner: object) => ({ choices: [{ index: 0, ...inner }] })
const STOP = frame({}, 'stop') + DONE
const HALVES = [frame({ content: '前半，' }), frame({ content: '后半。' })] as const

describe('content', () => {
  test.each<[string, string, unknown]>([
    [
      'a list of texts',
      '甲乙',
      [
        { type: 'text', text: '甲' },
        { type: 'output_text', text: '乙' },
      ],
    ],
    ['a list of strings', '甲乙', ['甲', '乙']],
    ['a text with a value', '甲', [{ type: 'text', text: { value: '甲', annotations: [] } }]],
    [
      'with a reference',
      '甲乙',
      [{ type: 'text', text: '甲' }, { type: 'reference', reference_ids: [1] }, '乙'],
    ],
    ['with a picture', '甲', ['甲', { type: 'image_url', image_url: { url: 'x' } }]],
    ['parts in parts', '甲', { parts: [{ text: '甲' }] }],
    ['of a type that nobody knows', '甲', [{ type: 'answer', text: '甲' }]],
    ['nothing', '', null],
    ['figures', '', 42],
  ])('%s', async (_, text, content) => {
    expect(await streamed(frame({ content }), STOP)).toMatchObject({ text, end: 'stop' })
  })

  test.each<[string, string]>([
    [
      'Anthropic',
      `event: content_block_delta\n${data({ type: 'content_block_delta', delta: { type: 'text_delta', text: '甲' } })}${data({ type: 'message_delta', delta: { stop_reason: 'end_turn' } })}event: message_stop\n${data({ type: 'message_stop' })}`,
    ],
    [
      'Gemini',
      data({
        candidates: [
          { content: { parts: [{ text: '想', thought: true }, { text: '甲' }] }, finishReason: 'STOP' },
        ],
      }),
    ],
    [
      'Ollama',
      '{"message":{"role":"assistant","content":"甲"},"done":false}\n{"message":{"content":""},"done":true,"done_reason":"stop"}\n',
    ],
    [
      'DashScope',
      data({ output: choice({ message: { content: '甲' }, finish_reason: 'null' }) }) +
        data({ output: choice({ message: { content: '甲' }, finish_reason: 'stop' }) }),
    ],
    ['completions of old', data(choice({ text: '甲', finish_reason: 'stop' }))],
  ])('as %s says it', async (_, body) => {
    expect(await streamed(body)).toMatchObject({ text: '甲', end: 'stop' })
  })

  test('told whole once more at the end is said once', async () => {
    const whole = data(choice({ message: { content: '前半，后半。' }, finish_reason: 'stop' }))
    expect(await streamed(...HALVES, whole, DONE)).toMatchObject({ text: '前半，后半。', end: 'stop' })
  })

  test('that grows in each frame is said once', async () => {
    const so = (content: string) => data(choice({ message: { content } }))
    expect(await streamed(so('前'), so('前半，'), so('前半，后半。'), DONE)).toMatchObject({
      text: '前半，后半。',
    })
  })
})

describe('thinking', () => {
  test.each<[string, object]>([
    ['reasoning_content', { reasoning_content: '想' }],
    ['reasoning beside null', { content: null, reasoning_content: null, reasoning: '想' }],
    ['reasoning_details', { reasoning_details: [{ type: 'reasoning.text', text: '想' }] }],
    ['thinking', { thinking: '想' }],
    ['thought', { thought: '想' }],
    ['thoughts', { thoughts: ['想'] }],
    ['a list of thinking', { content: [{ type: 'thinking', thinking: [{ type: 'text', text: '想' }] }] }],
    ['thinking blocks', { thinking_blocks: [{ type: 'thinking', thinking: '想' }] }],
    ['a part marked as a thought', { content: [{ text: '想', thought: true }] }],
  ])('as %s is kept apart', async (_, delta) => {
    expect(await streamed(frame(delta), frame({ content: '答' }), STOP)).toMatchObject({
      text: '答',
      thought: '想',
    })
  })

  test('that is sealed is a sign of life all the same', async () => {
    provider.reply = () => ({
      pieces: [frame({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'x' }] }), STOP],
    })
    const { parts } = await readAll(openTestChannel(provider.baseUrl), request())
    expect(parts.map(({ type }) => type)).toEqual(['reasoning', 'finish'])
  })

  test('that says nothing yet is none', async () => {
    provider.reply = () => ({
      pieces: [frame({ role: 'assistant', content: '', reasoning_content: '' }), STOP],
    })
    const { parts } = await readAll(openTestChannel(provider.baseUrl), request())
    expect(parts.map(({ type }) => type)).toEqual(['finish'])
  })
})

describe('frames that mean nothing are skipped', () => {
  test.each([
    'data:\n\n',
    'data: \n\n',
    'data: null\n\n',
    'data: 1\n\n',
    'data: "ping"\n\n',
    'data: {}\n\n',
    'data: []\n\n',
    'data: {"choices":[]}\n\n',
    'data: {"choices":null}\n\n',
    'data: {"choices":[null]}\n\n',
    'data: {"choices":[{"index":0,"delta":null}]}\n\n',
    'data: {"type":"ping"}\n\n',
    'data: {broken\n\n',
    ': keep-alive\n\n',
    ':\n',
    'event: ping\ndata: 2026-01-01 00:00:15\n\n',
    'event: heartbeat\n\n',
    'id: 7\nretry: 3000\n\n',
    'nonsense\n\n',
    'data: {"choices":[],"prompt_filter_results":[{"prompt_index":0}]}\n\n',
    'data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"name":"f","arguments":"{}"}}]}}]}\n\n',
    'data: {"choices":[{"index":0,"delta":{"function_call":{"name":"f","arguments":"1"}}}]}\n\n',
  ])('%j', async (odd) => {
    const [first, second] = HALVES
    expect(await streamed(odd, first, odd, second, odd, frame({}, 'stop'), odd, DONE)).toMatchObject({
      text: '前半，后半。',
      end: 'stop',
    })
  })
})

describe('the form of the body', () => {
  const said = [...HALVES, frame({}, 'stop')].join('')
  test.each<[string, string]>([
    ['CRLF', said.replaceAll('\n', '\r\n')],
    ['CR alone', said.replaceAll('\n', '\r')],
    ['a byte order mark', `\uFEFF${said}`],
    ['no space after data', said.replaceAll('data: ', 'data:')],
    ['no blank lines', said.replaceAll('\n\n', '\n')],
    ['data twice', said.replaceAll('data: ', 'data: data: ')],
    ['JSON lines', said.replaceAll('data: ', '').replaceAll('\n\n', '\n')],
    ['a list', `[${said.replaceAll('data: ', '').replaceAll('\n\n', ',\n').slice(0, -2)}]`],
    [
      'one piece of JSON over many lines',
      JSON.stringify(choice({ message: { content: '前半，后半。' } }), null, 2),
    ],
    [
      'one piece of JSON',
      JSON.stringify(choice({ message: { content: '前半，后半。' }, finish_reason: 'stop' })),
    ],
    [
      'one with a list',
      JSON.stringify({
        object: 'chat.completion',
        ...choice({ message: { content: [{ type: 'text', text: '前半，' }, '后半。'] } }),
      }),
    ],
    [
      'one in a frame',
      data({ object: 'chat.completion', ...choice({ message: { content: '前半，后半。' } }) }),
    ],
    ['heartbeats and no blank lines', `data: ping\n${said.replaceAll('\n\n', '\n: x\ndata: ping\n')}`],
    [
      'a frame over several lines that are not all called data',
      `data: ${JSON.stringify(choice({ delta: { content: '前半，后半。' }, finish_reason: 'stop' }), null, 1)}\n\n`,
    ],
    [
      'a frame over several lines',
      'data: {"choices":[{"delta":\ndata: {"content":"前半，后半。"},"finish_reason":"stop"}]}\n\n',
    ],
  ])('may be %s', async (_, body) => {
    expect(await streamed(body)).toMatchObject({ text: '前半，后半。' })
  })

  test('may be cut anywhere, in the middle of a character too', async () => {
    const bytes = Buffer.from(`\uFEFF${said}${DONE}`.replaceAll('\n', '\r\n'))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 12 }), async (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
        const pieces = at.slice(1).map((end, index) => bytes.subarray(at[index], end))
        const parts: StreamPart[] = []
        const source = (async function* () {
          yield* pieces
        })()
        for await (const part of partsOf(framesOf(source), 'c')) parts.push(part)
        expect(parts.map((part) => (part.type === 'text' ? part.text : part.type))).toEqual([
          ...['前半，', '后半。', 'finish'],
        ])
      }),
      { numRuns: 200 },
    )
  })

  test('that is anything at all is read without an error of ours', async () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'data: ',
        'event: error\n',
        '\n\n',
        '\n',
        '[DONE]',
        '{',
        '}',
        '[',
        ']',
        '"choices":',
        ':',
        ',',
      ),
      fc.json(),
      fc.json().map((text) => `data: ${text}\n\n`),
      fc.json().map((text) => `data: {"choices":[{"delta":${text}}]}\n\n`),
      fc.json().map((text) => `data: {"choices":[{"delta":{"content":${text},"reasoning":${text}}}]}\n\n`),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 20 }), async (pieces) => {
        provider.reply = () => ({ pieces: [pieces.join('')] })
        const { error } = await readAll(openTestChannel(provider.baseUrl), request())
        if (error !== undefined) expect(error).toMatchObject({ name: 'ChannelError' })
      }),
      { numRuns: 200 },
    )
  })
})

test.each<[string, string[]]>([
  ['before the words', [data({ code: 0, message: 'Success', choices: [] }), ...HALVES, STOP]],
  ['as a status and no data', [data({ code: 200, msg: 'success', data: null }), ...HALVES, STOP]],
  [
    'around every frame',
    ['前半，', '后半。']
      .map((content) => data({ code: 0, data: choice({ delta: { content } }) }))
      .concat(DONE),
  ],
])('a gateway may say that all is well: %s', async (_, pieces) => {
  expect(await streamed(...pieces)).toMatchObject({ text: '前半，后半。', end: 'stop' })
})
