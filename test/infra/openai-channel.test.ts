import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { OpenAiChannelSettings } from '../../src/infra/llm/openai-channel.ts'
import type { ChannelRequest } from '../../src/llm/channel.ts'
import { type ModelProvider, startModelProvider } from '../support/model-provider.ts'
import { startOddProvider } from '../support/odd-provider.ts'
import { openTestChannel } from '../support/open-test-channel.ts'
import { readAll } from '../support/stream-of.ts'
import { until } from '../support/until.ts'

let provider: ModelProvider
beforeAll(async () => {
  provider = await startModelProvider()
})
afterAll(() => provider.close())
beforeEach(() => {
  provider.keys.splice(0)
  provider.refusals.clear()
})

const open = (more: Partial<OpenAiChannelSettings> = {}) => openTestChannel(provider.baseUrl, more)
const asking = (question: string, more: Partial<ChannelRequest> = {}): ChannelRequest => ({
  model: 'public',
  messages: [{ role: 'user', content: question }],
  signal: new AbortController().signal,
  ...more,
})
const textOf = ({ parts }: Awaited<ReturnType<typeof readAll>>) =>
  parts.map((part) => (part.type === 'text' ? part.text : '')).join('')

describe('a channel', () => {
  test('streams text, then what it was and who said it', async () => {
    const answer = await readAll(open(), asking('你好'))
    expect(textOf(answer)).toContain('你说的是：你好')
    expect(answer.parts.at(-1)).toEqual({
      ...{ type: 'finish', reason: 'stop', channel: 'main' },
      usage: { promptTokens: 2, completionTokens: expect.any(Number) },
    })
  })

  test('asks for a model by the name that the provider has for it', async () => {
    await readAll(open(), asking('x'))
    await readAll(open(), asking('x', { model: 'other' }))
    expect(
      provider.model
        .calls()
        .slice(-2)
        .map(({ model }) => model),
    ).toEqual(['upstream-2026', 'other'])
  })

  test('says how long the answer may be, whether the operator has or not', async () => {
    const models = new Map([
      ['plain', { upstream: 'plain', price: 1 }],
      ['short', { upstream: 'short', price: 1, maxTokens: 77 }],
    ])
    for (const model of ['plain', 'short', 'unknown']) await readAll(open({ models }), asking('x', { model }))
    const limits = provider.model.calls().map(({ maxTokens }) => maxTokens)
    expect(limits.slice(-3)).toEqual([8000, 77, 8000])
  })

  test('sends the fields that the operator gives for the model, in the place of its own', async () => {
    const odd = await startOddProvider()
    try {
      const body = { enable_thinking: false, max_tokens: 77, model: 'x', stream: false }
      const models = new Map([['public', { upstream: 'up', price: 1, body }]])
      await readAll(openTestChannel(odd.baseUrl, { models }), asking('x'))
      expect(odd.requests[0]?.body).toEqual({
        ...{ enable_thinking: false, max_tokens: 77, model: 'up', stream: true },
        ...{ messages: [{ role: 'user', content: 'x' }], stream_options: { include_usage: true } },
      })
    } finally {
      await odd.close()
    }
  })

  test('keeps reasoning apart', async () => {
    const answer = await readAll(open(), asking('推理'))
    expect(answer.parts[0]).toMatchObject({ type: 'reasoning' })
    expect(textOf(answer)).not.toContain('思考过程')
  })

  test('without a key of its own asks with none that matters', async () => {
    expect(textOf(await readAll(open({ apiKeys: [] }), asking('x')))).toContain('x')
    expect(provider.keys).toEqual(['none'])
  })

  test('hangs up when the reader stops', async () => {
    for await (const _ of open().stream(asking('逐字 50 长 1000'))) break
    await until(() => provider.model.calls().at(-1)?.end === 'aborted')
  })

  test.each([
    ['失败 400', 'bad-request'],
    ['失败 401', 'unauthorized'],
    ['失败 402', 'rate-limited'],
    ['失败 403', 'unauthorized'],
    ['失败 404', 'not-found'],
    ['失败 408', 'timeout'],
    ['失败 429', 'rate-limited'],
    ['失败 500', 'unavailable'],
    ['失败 503', 'unavailable'],
    ['断开', 'unavailable'],
  ])('says of %s: %s', async (question, fault) => {
    const { error } = await readAll(open(), asking(question))
    expect(error).toMatchObject({ name: 'ChannelError', channel: 'main', fault })
  })

  test('says that nobody is there', async () => {
    expect((await readAll(open({ baseUrl: 'http://127.0.0.1:9/v1' }), asking('x'))).error).toMatchObject({
      fault: 'unavailable',
    })
  })

  test('tries once more by itself where it may, and only there', async () => {
    provider.model.failNext(503)
    expect((await readAll(open(), asking('x'))).error).toMatchObject({ fault: 'unavailable' })
    provider.model.failNext(503)
    expect(textOf(await readAll(open(), asking('x', { mayRetry: true })))).toContain('x')
    expect(provider.keys).toHaveLength(3)
  })
})

describe('several keys', () => {
  const apiKeys = ['k1', 'k2', 'k3']

  test('take turns', async () => {
    const channel = open({ apiKeys })
    for (let question = 0; question < 5; question += 1) await readAll(channel, asking('x'))
    expect(provider.keys).toEqual(['k1', 'k2', 'k3', 'k1', 'k2'])
  })

  test.each([401, 402, 403, 404, 429])('stand in for one that is answered with %i', async (status) => {
    provider.refusals.set('k1', status).set('k2', status)
    const channel = open({ apiKeys })
    expect(textOf(await readAll(channel, asking('one')))).toContain('one')
    expect(provider.keys).toEqual(['k1', 'k2', 'k3'])
    await readAll(channel, asking('two'))
    expect(provider.keys.slice(3)).toEqual(['k2', 'k3'])
  })

  test('are tried once each, and the last says what is wrong', async () => {
    provider.refusals.set('k1', 401).set('k2', 401).set('k3', 429)
    const { error } = await readAll(open({ apiKeys }), asking('x'))
    expect(error).toMatchObject({ fault: 'rate-limited' })
    expect(provider.keys).toEqual(apiKeys)
  })

  test.each([400, 500])('do not help against %i', async (status) => {
    provider.refusals.set('k1', status)
    await readAll(open({ apiKeys }), asking('x'))
    expect(provider.keys).toEqual(['k1'])
  })

  test('are the second try of a provider that stumbles, where nobody else stands ready', async () => {
    provider.model.failNext(503)
    expect(textOf(await readAll(open({ apiKeys }), asking('x', { mayRetry: true })))).toContain('x')
    expect(provider.keys).toEqual(['k1', 'k2'])
  })

  test('are not tried once the answer has begun, nor when nobody waits for it', async () => {
    const { parts, error } = await readAll(open({ apiKeys }), asking('断开', { mayRetry: true }))
    expect(parts.length).toBeGreaterThan(0)
    expect(error).toMatchObject({ fault: 'unavailable' })
    const aborted = AbortSignal.abort(new Error('stopped'))
    expect((await readAll(open({ apiKeys }), asking('x', { signal: aborted }))).error).toBeDefined()
    expect(provider.keys).toEqual(['k1'])
  })
})

describe('a key', () => {
  test('is never part of an error, even when the provider repeats it', async () => {
    for (const status of [400, 401, 429, 500]) {
      provider.refusals.set('sk-secret-key', status)
      const { error } = await readAll(open({ apiKeys: ['sk-secret-key'] }), asking('x'))
      expect(
        JSON.stringify([error, String(error), error instanceof Error ? [error.stack, error.cause] : '']),
      ).not.toContain('secret')
    }
  })

  test('that no header can hold is an error like any other', async () => {
    const { error } = await readAll(open({ apiKeys: ['密钥\nsecret'] }), asking('x'))
    expect(error).toMatchObject({ name: 'ChannelError', fault: 'unavailable' })
    expect(String(error)).not.toContain('secret')
  })
})

describe('what the SDK finds in the environment', () => {
  const names = ['OPENAI_BASE_URL', 'OPENAI_ORG_ID', 'OPENAI_PROJECT_ID'] as const
  const { fetch } = globalThis
  afterEach(() => {
    for (const name of names) delete process.env[name]
    globalThis.fetch = fetch
  })

  test('does not matter', async () => {
    for (const name of names) process.env[name] = 'http://from.the.environment/'
    const asked: string[] = []
    globalThis.fetch = async (input, init) => {
      asked.push(String(input), JSON.stringify([...new Headers(init?.headers)]))
      throw new TypeError('no network')
    }
    await readAll(open({ baseUrl: undefined }), asking('x'))
    expect(asked[0]).toBe('https://api.openai.com/v1/chat/completions')
    expect(asked[1]).not.toContain('environment')
  })
})
