import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import OpenAI, { APIError } from 'openai'
import { PHRASES, THOUGHTS, writeScript } from '../../src/sandbox/script.ts'
import { type SandboxServer, startSandboxServer } from '../../src/sandbox/server.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'
import { until } from '../support/until.ts'

let clock: ManualClock
let sandbox: SandboxServer
let client: OpenAI

beforeEach(async () => {
  clock = createManualClock(1_760_000_000_000)
  sandbox = await startSandboxServer({ clock })
  client = new OpenAI({ apiKey: 'sk-good', baseURL: sandbox.modelBase, maxRetries: 0 })
})

afterEach(() => sandbox.close())

type Chunk = OpenAI.Chat.ChatCompletionChunk

const open = (content: string, signal?: AbortSignal) =>
  client.chat.completions.create(
    {
      model: 'sandbox',
      messages: [{ role: 'user', content }],
      stream: true,
      stream_options: { include_usage: true },
    },
    signal ? { signal } : {},
  )

const read = async (stream: AsyncIterable<Chunk>): Promise<Chunk[]> => {
  const chunks: Chunk[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

const ask = async (content: string): Promise<Chunk[]> => read(await open(content))

const textOf = (chunks: Chunk[]): string =>
  chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')

const endOf = (chunks: Chunk[]) =>
  chunks.map(({ choices }) => choices[0]?.finish_reason).filter((reason) => reason != null)

const statusOf = (thrown: unknown) => (thrown instanceof APIError ? thrown.status : thrown)

describe('a stream', () => {
  test('says that it is the scripted model, echoes the question and ends with the usage', async () => {
    const chunks = await ask('长城有多长？')
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: 'assistant', content: '' })
    expect(textOf(chunks)).toContain('沙盒模型')
    expect(textOf(chunks)).toContain('长城有多长？')
    expect(endOf(chunks)).toEqual(['stop'])
    const usage = chunks.at(-1)
    expect(usage?.choices).toEqual([])
    expect(usage?.usage).toMatchObject({ prompt_tokens: 6 })
    expect(usage?.usage?.completion_tokens).toBeGreaterThan(3)
    expect(sandbox.model.calls()).toMatchObject([{ model: 'sandbox', stream: true, end: 'finished' }])
  })

  test('has no usage unless it is asked for', async () => {
    const stream = await client.chat.completions.create({
      model: 'sandbox',
      messages: [{ role: 'user', content: '你好' }],
      stream: true,
    })
    for (const chunk of await read(stream)) expect('usage' in chunk).toBe(false)
  })

  test('never tears an emoji apart', async () => {
    const question = `x${'😀'.repeat(40)}`
    const pieces = (await ask(question)).map(({ choices }) => choices[0]?.delta.content ?? '')
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true)
    expect(pieces.join('')).toContain(question)
  })

  test.each(['慢 4.4', 'please slow 4.4', '慢4.4秒'])(
    'to %j starts at its instant and not before',
    async (question) => {
      const reading = read(await open(question))
      let over = false
      void reading.then(() => {
        over = true
      })
      await clock.advance(4399)
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(over).toBe(false)
      await clock.advance(1)
      expect(textOf(await reading)).toContain(question)
    },
  )

  test('drips when asked to', async () => {
    const reading = read(await open('逐字 50 长 24'))
    for (const startedAt = clock.now(); clock.now() < startedAt + 150; ) {
      await until(() => clock.sleeping() === 1)
      await clock.advance(50)
    }
    expect(Array.from(textOf(await reading))).toHaveLength(24)
  })

  test.each([1, 37, 5000])('is as long as asked: %i characters', async (length) => {
    for (const word of ['长', 'long']) {
      const text = textOf(await ask(`${word} ${length}`))
      expect(Array.from(text)).toHaveLength(length)
      expect(text.trim()).toBe(text)
    }
  })

  test('that is cut breaks off in the middle', async () => {
    const stream = await open('断开')
    const chunks: Chunk[] = []
    const reading = async () => {
      for await (const chunk of stream) chunks.push(chunk)
    }
    await expect(reading()).rejects.toThrow()
    expect(textOf(chunks)).toContain('沙盒模型')
    expect(endOf(chunks)).toEqual([])
    expect(sandbox.model.calls()[0]?.end).toBe('cut')
  })

  test('thinks in tags, or in a field of its own', async () => {
    const tagged = textOf(await ask('think 一下'))
    expect(tagged).toMatch(new RegExp(`^<think>\n${THOUGHTS}\n</think>\n\n我是沙盒模型`))
    const chunks = await ask('推理')
    const field = chunks.map(({ choices }) => Object(choices[0]?.delta).reasoning_content ?? '').join('')
    expect(field).toBe(THOUGHTS)
    expect(textOf(chunks)).toMatch(/^我是沙盒模型/)
  })

  test.each([
    ['空', 'stop'],
    ['empty', 'stop'],
    ['空 截断', 'length'],
    ['空 过滤', 'content_filter'],
  ])('to %j has no content and ends with %s', async (question, reason) => {
    const chunks = await ask(question)
    expect(textOf(chunks)).toBe('')
    expect(endOf(chunks)).toEqual([reason])
  })

  test('fills a table of as many rows as it is told to, up to three thousand', async () => {
    const rows = async (question: string) => textOf(await ask(question)).split('\n')
    expect(await rows('大表 2')).toEqual([
      ...['| 甲 | 乙 | 丙 | 丁 | 戊 | 己 | 庚 | 辛 |', `|${' --- |'.repeat(8)}`],
      ...['| 甲 1 | 乙 1 | 丙 1 | 丁 1 | 戊 1 | 己 1 | 庚 1 | 辛 1 |'],
      ...['| 甲 2 | 乙 2 | 丙 2 | 丁 2 | 戊 2 | 己 2 | 庚 2 | 辛 2 |'],
    ])
    expect(writeScript([{ role: 'user', text: 'table 9999' }]).text.split('\n')).toHaveLength(3002)
  })

  test('shows Markdown and history', async () => {
    const markdown = textOf(await ask('表格'))
    for (const mark of ['# ', '**', '```ts', '| :--- |', '- [x]', '> ', '$$', '![', '[^1]']) {
      expect(markdown).toContain(mark)
    }
    const stream = await client.chat.completions.create({
      model: 'sandbox',
      stream: true,
      messages: [
        { role: 'system', content: '规矩' },
        { role: 'user', content: '第一问' },
        { role: 'assistant', content: '第一答' },
        { role: 'user', content: [{ type: 'text', text: '历史' }] },
      ],
    })
    const history = textOf(await read(stream))
    expect(history).toContain('4 条消息')
    expect(history).toContain('1. 第一问')
    expect(history).not.toContain('2. ')
  })

  test('that its reader leaves is noted as aborted', async () => {
    const leaving = new AbortController()
    const stream = await open('慢 60', leaving.signal)
    leaving.abort()
    await read(stream)
    await until(() => sandbox.model.calls()[0]?.end === 'aborted')
    expect(clock.sleeping()).toBe(0)
  })
})

describe('no stream', () => {
  const whole = (content: string) =>
    client.chat.completions.create({ model: 'any-name', messages: [{ role: 'user', content }] })

  test('answers in one piece', async () => {
    const answer = await whole('推理')
    expect(answer).toMatchObject({ object: 'chat.completion', model: 'any-name' })
    expect(answer.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { role: 'assistant', reasoning_content: THOUGHTS },
    })
    expect(answer.usage?.prompt_tokens).toBe(2)
  })

  test('is cut when asked to', async () => {
    await expect(whole('断开')).rejects.toThrow(/Connection error/)
  })
})

describe('failing', () => {
  test.each([
    ['失败 500', 500, null],
    ['fail 401', 401, 'invalid_api_key'],
    ['请失败 429', 429, 'rate_limit_exceeded'],
    ['失败 404', 404, 'model_not_found'],
    ['失败 200', 500, null],
  ])('%s is that error in OpenAI’s shape', async (question, status, code) => {
    const thrown = await open(question).catch((error: unknown) => error)
    expect(thrown).toBeInstanceOf(APIError)
    expect(thrown).toMatchObject({ status, code })
  })

  test('never answers a question with 永不 in it', async () => {
    const leaving = new AbortController()
    const asking = open('永不', leaving.signal)
    await until(() => sandbox.model.calls().length === 1)
    expect(sandbox.model.calls()[0]?.end).toBe('open')
    leaving.abort()
    await expect(asking).rejects.toThrow(/aborted/)
  })

  test('refuses a missing key, a bad key and a bad request', async () => {
    const bad = new OpenAI({ apiKey: 'sk-bad-1', baseURL: sandbox.modelBase, maxRetries: 0 })
    expect(await bad.models.list().catch(statusOf)).toBe(401)
    expect((await fetch(`${sandbox.modelBase}/models`)).status).toBe(401)
    const empty = client.chat.completions.create({ model: 'sandbox', messages: [] })
    expect(await empty.catch(statusOf)).toBe(400)
    const authorization = 'Bearer sk-good'
    const headers = { authorization, 'content-type': 'application/json' }
    const broken = await fetch(`${sandbox.modelBase}/chat/completions`, {
      method: 'POST',
      headers,
      body: '{',
    })
    expect(broken.status).toBe(400)
    expect(await broken.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
    expect((await fetch(`${sandbox.modelBase}/nowhere`, { headers })).status).toBe(404)
  })

  test('happens as often as a test tells it', async () => {
    sandbox.model.failNext(503)
    sandbox.model.failNext(429, 2)
    const asked: unknown[] = []
    for (let n = 0; n < 4; n += 1) asked.push(await ask('你好').then(() => 200, statusOf))
    expect(asked).toEqual([503, 429, 429, 200])
  })
})

test('lists its models', async () => {
  const ids = (await client.models.list()).data.map(({ id }) => id)
  expect(ids).toEqual(['sandbox', 'sandbox-large'])
})

test('takes no everyday word for a phrase', async () => {
  for (const question of [
    '空气是什么',
    '讲讲中国历史故事',
    '我思考了很久',
    'a whistory',
    '慢一点',
    '长江',
    'along 3',
  ]) {
    expect(textOf(await ask(question))).toContain(`你说的是：${question}`)
  }
  const words = PHRASES.flatMap(({ zh, en }) => [zh, en])
  expect(new Set(words).size).toBe(words.length)
})
