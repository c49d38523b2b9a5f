import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { heardFrom } from '../support/heard-from.ts'
import {
  DONE,
  frame,
  json,
  type OddProvider,
  type OddReply,
  startOddProvider,
} from '../support/odd-provider.ts'
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
const HALVES = [frame({ content: '前半，' }), frame({ content: '后半。' })] as const

describe('the end', () => {
  const [first, second] = HALVES
  test.each<[string, unknown, OddReply['pieces']]>([
    ['DONE without a reason is whole', 'stop', [first, second, DONE]],
    ['a reason without DONE is whole', 'stop', [first, second, frame({}, 'stop')]],
    ['empty reasons, then DONE, are whole', 'stop', [first.replace('null', '""'), second, DONE]],
    ['neither a reason nor DONE is broken off', 'broken-off', [first, second]],
    [
      'the usage behind the words is whole',
      'stop',
      [first, second, data({ choices: [], usage: { completion_tokens: 2 } })],
    ],
    [
      'the usage in between says nothing',
      'broken-off',
      [first, data({ choices: [], usage: { completion_tokens: 1 } }), second],
    ],
    [
      'a reason with every word is whole',
      'stop',
      [first.replace('null', '"stop"'), second.replace('null', '"stop"')],
    ],
    ['the token limit', 'length', [first, second, frame({}, 'max_tokens'), DONE]],
    ['a limit, and stop behind it', 'length', [first, second, frame({}, 'length'), frame({}, 'stop'), DONE]],
    ['a filter', 'content-filter', [first, second, frame({}, 'sensitive'), DONE]],
    ['no resources', 'broken-off', [first, second, frame({}, 'insufficient_system_resource'), DONE]],
    [
      'an error behind the reason is late',
      'stop',
      [first, second, frame({}, 'stop'), data({ error: { message: 'x' } })],
    ],
  ])('%s', async (_, end, pieces) => {
    expect(await ask({ pieces })).toMatchObject({ text: '前半，后半。', end })
  })

  test('does not wait for a connection that stays open', async () => {
    const whole = [first, second, frame({}, 'stop')]
    expect(await ask({ pieces: [...whole, DONE], atEnd: 'hangs' })).toMatchObject({ end: 'stop' })
    expect(await ask({ pieces: whole, atEnd: 'hangs' })).toMatchObject({ end: 'stop' })
  })

  test('is an error where the connection breaks before it, and none behind it', async () => {
    expect(await ask({ pieces: [first], atEnd: 'breaks', gapMs: 20 })).toMatchObject({
      error: { fault: 'unavailable' },
    })
    expect(await ask({ pieces: [first, frame({}, 'stop')], atEnd: 'breaks', gapMs: 20 })).toMatchObject({
      end: 'stop',
    })
  })

  test('tells what it cost', async () => {
    provider.reply = () => ({
      pieces: [
        first,
        frame({}, 'stop'),
        data({ choices: [], usage: { input_tokens: 3, output_tokens: 2 } }),
        DONE,
      ],
    })
    const { parts } = await readAll(openTestChannel(provider.baseUrl), request())
    expect(parts.at(-1)).toMatchObject({ usage: { promptTokens: 3, completionTokens: 2 } })
  })
})

describe('an error in a 200', () => {
  const errors: [string, string][] = [
    ['an object', data({ error: { message: 'Rate limit reached', code: '429' } })],
    ['beside no choices', data({ error: { message: 'overloaded' }, choices: [] })],
    [
      'in a choice',
      data(choice({ delta: { content: '' }, error: { message: 'x', code: 502 }, finish_reason: 'error' })),
    ],
    ['a text', data({ error: 'overloaded' })],
    ['a list', data({ errors: [{ message: 'overloaded' }] })],
    ['a code', data({ code: 50501, message: '负载已满' })],
    ['a code and msg', data({ code: '1305', msg: '稍后再试', data: null })],
    [
      'base_resp',
      data({ choices: null, base_resp: { status_code: 1008, status_msg: 'insufficient balance' } }),
    ],
    ['Baidu', data({ error_code: 18, error_msg: 'Open api qps request limit reached' })],
    ['iFlytek', data({ header: { code: 11200, message: 'AppIdNoAuthError' } })],
    ['Tencent', data({ Response: { Error: { Code: 'LimitExceeded', Message: 'x' } } })],
    ['object: error', data({ object: 'error', message: 'x', code: 40001 })],
    ['type: error', data({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })],
    ['detail', data({ detail: 'Service unavailable' })],
    ['an event in words', 'event: error\ndata: upstream connect error\n\n'],
    ['an event of its own shape', `event: error\n${data({ reason: 'x' })}`],
    ['a line of JSON', `${JSON.stringify({ error: { message: 'x' } })}\n`],
    ['a list of JSON', JSON.stringify([{ error: { message: 'x', status: 'UNAVAILABLE' } }], null, 1)],
  ]
  test.each(errors)('before the first word, as %s, is an error', async (_, body) => {
    const role = frame({ role: 'assistant', content: '' })
    for (const pieces of [[body], [body, DONE], body.startsWith('data') ? [role, body, DONE] : [body]]) {
      const { text, error } = await ask({ pieces })
      expect(text).toBe('')
      expect(error).toMatchObject({ name: 'ChannelError' })
    }
  })

  test.each(errors.filter(([, body]) => /^(data|event)/.test(body)))(
    'after words, as %s, is an error, and the words are kept',
    async (_, body) => {
      expect(await streamed(HALVES[0], body, DONE)).toMatchObject({
        text: '前半，',
        error: { name: 'ChannelError' },
      })
    },
  )

  test.each([
    ['a web page', '<!doctype html><title>One API</title>', 'web-page'],
    ['a web page after blank lines', '\n\n  <html></html>', 'web-page'],
    ['plain words', 'upstream request failed, try again later', 'unavailable'],
  ])('as %s is one', async (_, body, fault) => {
    const { error } = await ask({ type: 'text/html', pieces: [body] })
    expect(error).toMatchObject({ fault })
  })

  test.each([
    json(200, { error: null, ...choice({ message: { content: '好' } }) }),
    json(200, { code: 0, msg: 'ok', ...choice({ message: { content: '好' } }) }),
  ])('is none where none is told', async (reply) => {
    expect(await ask(reply)).toMatchObject({ text: '好', end: 'stop' })
  })
})
