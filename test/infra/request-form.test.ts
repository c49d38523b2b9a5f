import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { createQuirks } from '../../src/infra/llm/request-form.ts'
import type { ChannelRequest } from '../../src/llm/channel.ts'
import { logTo } from '../support/log-to.ts'
import {
  frame,
  json,
  type OddReply,
  type OddRequest,
  startOddProvider,
  words,
} from '../support/odd-provider.ts'
import { openTestChannel } from '../support/open-test-channel.ts'
import { readAll } from '../support/stream-of.ts'

type Provider = Awaited<ReturnType<typeof startOddProvider>>
let provider: Provider
beforeAll(async () => {
  provider = await startOddProvider()
})
afterAll(() => provider.close())
beforeEach(() => {
  provider.requests.splice(0)
})

const asking = (more: Partial<ChannelRequest> = {}): ChannelRequest => ({
  model: 'public',
  messages: [
    { role: 'system', content: '系统' },
    { role: 'user', content: '问' },
  ],
  signal: new AbortController().signal,
  ...more,
})
const textOf = ({ parts }: Awaited<ReturnType<typeof readAll>>) =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
const always = (reply: OddReply) => {
  provider.reply = () => reply
}

describe('what of the request’s form is not taken', () => {
  /** Refuses what `isRefused` says, in these words. */
  const refusing = (isRefused: (body: OddRequest['body']) => boolean, reply: OddReply) => {
    provider.reply = ({ body }) => (isRefused(body) ? reply : words('好'))
  }
  const bodies = () => provider.requests.map(({ body }) => body)

  test.each<[string, string, OddReply]>([
    [
      'stream_options',
      'FastAPI',
      json(422, {
        message: {
          detail: [
            {
              type: 'extra_forbidden',
              loc: ['body', 'stream_options', 'include_usage'],
              msg: 'Extra inputs are not permitted',
            },
          ],
        },
      }),
    ],
    [
      'stream_options',
      'a sentence',
      json(400, { error: { message: 'Unrecognized request argument supplied: stream_options' } }),
    ],
    ['stream_options', 'Chinese', json(400, { code: 1214, msg: '不支持参数 stream_options' })],
    ['temperature', 'a sentence', json(400, { error: { message: 'temperature must be 1 for this model' } })],
    ['top_k', 'a list of errors', json(422, { errors: [{ field: 'top_k', reason: 'unknown' }] })],
    ['max_tokens', 'plain text', json(400, 'unknown field `max_tokens`')],
    ['max_tokens', 'param', json(400, { error: { message: 'Unsupported value', param: 'max_tokens' } })],
    [
      'stream_options',
      'an error in a 200',
      { pieces: [`data: ${JSON.stringify({ error: { message: 'stream_options is not supported' } })}\n\n`] },
    ],
  ])('is left out, and not sent again: %s, told in %s', async (field, _, reply) => {
    refusing((body) => field in body, reply)
    const { log, lines } = logTo()
    const body = { temperature: 0.6, top_k: 3 }
    const models = new Map([['public', { upstream: 'u', price: 1, body }]])
    const channel = openTestChannel(provider.baseUrl, { log, models })
    for (let time = 0; time < 2; time += 1) expect(textOf(await readAll(channel, asking()))).toBe('好')
    expect(bodies().map((body) => field in body)).toEqual([true, false, false])
    expect(lines).toHaveLength(1)
  })

  test.each([
    [
      'max_tokens',
      'max_completion_tokens',
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ],
    ['max_tokens', 'max_completion_tokens', 'max_tokens is deprecated, please use max_completion_tokens'],
  ])('goes by its other name: %s', async (field, other, message) => {
    refusing(
      (body) => field in body,
      json(400, { error: { message, type: 'invalid_request_error', param: field } }),
    )
    expect(textOf(await readAll(openTestChannel(provider.baseUrl), asking()))).toBe('好')
    expect(bodies().at(-1)).toMatchObject({ [other]: 8000 })
  })

  test.each([
    [
      'max_tokens is too large: 8000. This model supports at most 4096 completion tokens, whereas you provided 8000.',
      4096,
    ],
    ['Invalid max_tokens value, the valid range of max_tokens is [1, 2048]', 2048],
    [
      "'max_tokens' or 'max_completion_tokens' is too large: 8000. This model's maximum context length is 4096 tokens and your request has 12 input tokens (8000 > 4096 - 12).",
      1024,
    ],
    [
      "This model's maximum context length is 4096 tokens. However, you requested 8012 tokens (12 in the messages, 8000 in the completion).",
      1024,
    ],
  ])('is sent with the figure that is told: %s', async (message, limit) => {
    refusing(({ max_tokens }) => Number(max_tokens) > limit, json(400, { error: { message } }))
    expect(textOf(await readAll(openTestChannel(provider.baseUrl), asking()))).toBe('好')
    expect(bodies().map(({ max_tokens }) => max_tokens)).toEqual([8000, limit])
  })

  test('stays where the prompt is too long for what is left of the context', async () => {
    const message = 'input length and `max_tokens` exceed context limit: 190000 + 8000 > 200000'
    always(json(400, { error: { message } }))
    const { error } = await readAll(openTestChannel(provider.baseUrl), asking())
    expect(error).toMatchObject({ fault: 'too-long' })
    expect(provider.requests).toHaveLength(1)
  })

  test('is left out for this question alone where the provider may have quoted the question', async () => {
    const asked = (content: string) => asking({ messages: [{ role: 'user', content }] })
    provider.reply = ({ body, text }) =>
      text.includes('什么是') && 'max_tokens' in body
        ? json(400, { error: { message: `cannot answer: 什么是 \`max_tokens\`` } })
        : words('好')
    const channel = openTestChannel(provider.baseUrl)
    expect(textOf(await readAll(channel, asked('什么是 `max_tokens`')))).toBe('好')
    expect(textOf(await readAll(channel, asked('别的')))).toBe('好')
    expect(bodies().map((body) => 'max_tokens' in body)).toEqual([true, false, true])
  })

  test.each([
    'System role not supported',
    "Unexpected role 'system' in messages",
    'Developer instruction is not enabled for models/x',
    'Conversation roles must alternate user/assistant/user/assistant/...',
    'messages 参数非法：角色 system 不支持',
    'the role of first message must be user',
  ])('the system’s words go by the user’s role: %s', async (message) => {
    refusing(
      ({ messages }) => JSON.stringify(messages).includes('"system"'),
      json(400, { object: 'error', message }),
    )
    expect(textOf(await readAll(openTestChannel(provider.baseUrl), asking()))).toBe('好')
    expect(bodies().at(-1)?.messages).toEqual([{ role: 'user', content: '系统\n\n问' }])
  })

  test('streaming: the answer comes in one piece', async () => {
    provider.reply = ({ body }) =>
      body.stream === true
        ? json(400, { error: { message: 'Streaming is not supported for this model' } })
        : json(200, {
            object: 'chat.completion',
            choices: [{ message: { content: '好' }, finish_reason: 'stop' }],
          })
    expect(textOf(await readAll(openTestChannel(provider.baseUrl), asking()))).toBe('好')
  })

  test('several, one after the other', async () => {
    provider.reply = ({ body }) => {
      const field = ['stream_options', 'max_tokens'].find((name) => name in body)
      return field ? json(422, { detail: [{ loc: ['body', field], msg: 'extra' }] }) : words('好')
    }
    expect(textOf(await readAll(openTestChannel(provider.baseUrl), asking()))).toBe('好')
    expect(provider.requests).toHaveLength(3)
  })

  test('that is refused again without it ends the question', async () => {
    always(
      json(400, { error: { message: 'stream_options and max_tokens: no. System role: no. Stream: no.' } }),
    )
    const { error } = await readAll(openTestChannel(provider.baseUrl), asking())
    expect(error).toMatchObject({ fault: 'bad-request' })
    expect(provider.requests.length).toBeLessThan(8)
  })

  test('is tried again after an hour, and is known for each model by itself', async () => {
    let now = 0
    refusing((body) => 'stream_options' in body, json(400, { error: { message: 'stream_options: unknown' } }))
    const channel = openTestChannel(provider.baseUrl, { clock: { now: () => now }, quirks: createQuirks() })
    await readAll(channel, asking())
    await readAll(channel, asking({ model: 'other' }))
    now = 3_600_000
    await readAll(channel, asking())
    expect(bodies().map((body) => 'stream_options' in body)).toEqual([true, false, true, false, true, false])
  })

  test('is not asked again once words have come', async () => {
    always({ pieces: [frame({ content: '前' }), 'data: {"error":{"message":"stream_options"}}\n\n'] })
    const { error } = await readAll(openTestChannel(provider.baseUrl), asking())
    expect(error).toBeDefined()
    expect(provider.requests).toHaveLength(1)
  })
})
