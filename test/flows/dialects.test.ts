import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import {
  DONE,
  frame,
  json,
  type OddProvider,
  type OddReply,
  startOddProvider,
  words,
} from '../support/odd-provider.ts'
import { startService } from '../support/service.ts'
import { until } from '../support/until.ts'

let provider: OddProvider
let service: Awaited<ReturnType<typeof startService>>
let spare: OddProvider
const dir = mkdtempSync(join(tmpdir(), 'yingda-dialects-'))

beforeAll(async () => {
  provider = await startOddProvider()
  spare = await startOddProvider()
  spare.reply = () => words('换一家答的。')
  const path = join(dir, 'channels.yaml')
  const channels = [
    { code: 'odd', baseUrl: provider.baseUrl, apiKeys: ['bad', 'good'], ownKeys: true, models: { m: null } },
    { code: 'spare', baseUrl: spare.baseUrl, models: { m: null }, priority: 2 },
  ]
  writeFileSync(path, JSON.stringify({ channels }))
  const noShortcut = { OPENAI_API_KEY: '', OPENAI_BASE_URL: '', OPENAI_MODEL: '' }
  service = await startService('sqlite', { ...noShortcut, CHANNELS_FILE: path, TRIAL_CALLS: '100' })
})
afterAll(async () => {
  await service.close()
  await provider.close()
  await spare.close()
  rmSync(dir, { recursive: true })
})

let count = 0
const somebody = () => {
  count += 1
  return openidOf(`reader${count}`)
}
const bubbles = (me: string) =>
  service.weixin.platform.phone(me).messages.filter(({ from }) => from === 'account')
/** What the phone shows for the next question. */
const asked = async (me: string, question = '问') => {
  const before = bubbles(me).length
  await service.weixin.platform.send(me, question)
  await until(() => bubbles(me).length > before)
  return bubbles(me)[before]?.text ?? ''
}
const prompts = () => provider.requests.map(({ body }) => JSON.stringify(body.messages))
const STOP = frame({}, 'stop') + DONE
const stream = (...pieces: string[]): OddReply => ({ pieces })
const CUT = '中断'

describe('on the phone', () => {
  test.each<[string, OddReply, string]>([
    [
      'a list of thinking and text',
      stream(
        frame({
          content: [
            { type: 'thinking', thinking: '想' },
            { type: 'text', text: '你好。' },
          ],
        }),
        STOP,
      ),
      '你好。',
    ],
    [
      'heartbeats between',
      stream(
        frame({ content: '前，' }),
        'data:\n\n',
        'event: ping\ndata: 1\n\n',
        frame({ content: '后。' }),
        STOP,
      ),
      '前，后。',
    ],
    ['one completion', json(200, { choices: [{ message: { content: '完整。' } }] }), '完整。'],
    [
      'harmony',
      words('<|channel|>analysis<|message|>想<|end|><|start|>assis', 'tant<|channel|>final<|message|>你好！'),
      '你好！',
    ],
    ['a thought in a tag', words('<thought>\n想</thou', 'ght>\n\n北京。'), '北京。'],
    ['an error before words', stream('data: {"error":{"message":"overloaded"}}\n\n'), '换一家答的。'],
    [
      'tool calls alone',
      stream(
        frame({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '{}' } }] }),
        frame({}, 'tool_calls'),
        DONE,
      ),
      '换一家答的。',
    ],
    ['an unknown model', json(400, { error: { message: 'Model Not Exist' } }), '换一家答的。'],
    [
      'a proxy that refuses',
      { status: 413, type: 'text/html', pieces: ['<html>413</html>'] },
      '换一家答的。',
    ],
  ])('%s is read', async (_, reply, answer) => {
    provider.reply = () => reply
    const text = await asked(somebody())
    expect(text).toContain(answer)
    expect(text).not.toMatch(/想|中断|think/)
  })

  test.each<[string, OddReply['pieces']]>([
    ['a stream that just closes', [frame({ content: '第一步，' })]],
    ['no resources', [frame({ content: '第一步，' }), frame({}, 'insufficient_system_resource'), DONE]],
    ['a filter', [frame({ content: '第一步，' }), frame({}, 'content_filter'), DONE]],
    [
      'an error after words',
      [frame({ content: '第一步，' }), 'event: error\ndata: {"error":{"message":"x"}}\n\n'],
    ],
  ])('%s is kept and marked', async (_, pieces) => {
    provider.reply = () => ({ pieces })
    const text = await asked(somebody())
    expect(text).toContain('第一步，')
    expect(text).toContain(CUT)
  })

  test('all tokens gone into thinking are told, with what helps', async () => {
    provider.reply = () => stream(frame({ reasoning_content: '一直在想' }), frame({}, 'length'), DONE)
    expect(await asked(somebody())).toMatch(/想得太久.*「模型」/)
  })
})

describe('a conversation', () => {
  test('has nothing of a thought that began before its answer, on the phone and in the next prompt', async () => {
    const me = somebody()
    provider.reply = () => words('用户问天气，`api` 查不到。', '\n</think>\n\n', '请看窗外。')
    const text = await asked(me)
    expect(text).toContain('请看窗外。')
    expect(text).not.toContain('api')
    provider.reply = () => words('好。')
    provider.requests.splice(0)
    await asked(me, '还有呢')
    expect(prompts()[0]).toContain('请看窗外。')
    expect(prompts()[0]).not.toMatch(/api|think>/)
  })

  test('lives on when it has outgrown its model', async () => {
    const me = somebody()
    const tooLong = json(400, {
      error: { code: 'context_length_exceeded', message: 'maximum context length is 4096 tokens' },
    })
    provider.reply = ({ text }) => (text.length > 3000 ? tooLong : words('你好'))
    spare.reply = () => tooLong
    for (let question = 0; question < 5; question += 1)
      expect(await asked(me, `${question}${'问'.repeat(1000)}`)).toContain('你好')
    spare.reply = () => words('换一家答的。')
  })

  test('goes on with a key that is good when another is not, and shows neither', async () => {
    const me = somebody()
    const refused = json(400, [{ error: { code: 400, message: 'API key not valid. bad' } }])
    provider.reply = ({ key }) => (key === 'bad' ? refused : words('好。'))
    for (let question = 0; question < 3; question += 1) expect(await asked(me)).toContain('好。')
  })
})

describe('on an own key', () => {
  const KEY = 'sk-mine-0123456789abcdef'
  const refusal = (status: number, message: string) => json(status, { error: { message } })

  test.each<[string, OddReply, string]>([
    ['is not accepted', refusal(400, 'API Key 已被禁用'), '不接受这个 KEY'],
    ['has no balance', refusal(403, '账户余额不足'), '没有余额'],
    ['is used too often, which passes', refusal(429, 'Rate limit reached'), '过几分钟'],
    ['meets a busy provider', refusal(503, 'overloaded'), '过几分钟'],
  ])('whoever binds a key is told that it %s', async (_, reply, told) => {
    provider.reply = () => reply
    expect(await asked(somebody(), `绑定 ${KEY}`)).toContain(told)
  })

  test.each<[string, OddReply, boolean]>([
    ['a refused key', refusal(401, 'invalid api key'), true],
    ['no balance', refusal(402, 'Insufficient Balance'), true],
    ['the provider’s filter', refusal(400, 'Content Exists Risk'), false],
    ['an answer of nothing', stream(STOP), false],
  ])('%s: only a key that is at fault is said to be', async (_, reply, isOfTheKey) => {
    const me = somebody()
    provider.reply = () => words('好')
    expect(await asked(me, `绑定 ${KEY}`)).toContain('cdef')
    provider.reply = () => reply
    const told = await asked(me, '这是一个问题')
    expect(told.includes('检查这个 KEY')).toBe(isOfTheKey)
    expect(told).not.toContain(KEY)
  })
})
