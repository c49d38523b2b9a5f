import { beforeEach, describe, expect, test } from '@jest/globals'
import { ChannelError, type ChannelFault } from '../../src/base/channel-error.ts'
import type { ChannelRequest, StreamPart } from '../../src/llm/channel.ts'
import { failover } from '../../src/llm/failover.ts'
import { type LogLine, logTo } from '../support/log-to.ts'
import { channelOf, finish, readAll, request, saying, text } from '../support/stream-of.ts'

const fault = (code: string, kind: ChannelFault = 'unavailable') => new ChannelError(code, kind, 'HTTP 503')
let lines: LogLine[]
let log: ReturnType<typeof logTo>['log']
beforeEach(() => {
  const logging = logTo()
  lines = logging.lines
  log = logging.log
})

describe('failing over', () => {
  test('is not needed while the first channel answers, and the finish says who did', async () => {
    const [a, b] = [saying('a', text('1'), text('2'), finish), saying('b', text('x'))]
    expect(await readAll(failover([a, b], log))).toEqual({
      parts: [text('1'), text('2'), { ...finish, channel: 'a' }],
    })
    expect(b.asked).toEqual([])
    expect(lines).toEqual([])
  })

  test.each([
    'unauthorized',
    'rate-limited',
    'not-found',
    'unavailable',
    'timeout',
    'empty-answer',
    'too-long',
    'region',
    'web-page',
  ] as const)('goes on to the next channel when one says %s before its first text', async (kind) => {
    const reasoning: StreamPart = { type: 'reasoning', text: 'hm' }
    const channels = [
      saying('a', reasoning, fault('a', kind)),
      saying('b', fault('b')),
      saying('c', text('ok'), finish),
    ]
    expect(await readAll(failover(channels, log))).toEqual({
      parts: [reasoning, text('ok'), { ...finish, channel: 'c' }],
    })
    expect(lines.map(({ level, fields }) => ({ level, fields }))).toEqual([
      { level: 'warn', fields: { from: 'a', to: 'b', fault: kind, reason: fault('a', kind).message } },
      { level: 'warn', fields: { from: 'b', to: 'c', fault: 'unavailable', reason: fault('b').message } },
    ])
  })

  test.each(['bad-request', 'content-filter'] as const)(
    'does not carry a question elsewhere that is refused: %s',
    async (kind) => {
      const [a, b] = [saying('a', fault('a', kind)), saying('b', text('x'))]
      expect(await readAll(failover([a, b], log))).toEqual({ parts: [], error: fault('a', kind) })
      expect(b.asked).toEqual([])
    },
  )

  test('never begins an answer again that has begun', async () => {
    const [a, b] = [saying('a', text('half'), fault('a')), saying('b', text('x'))]
    expect(await readAll(failover([a, b], log))).toEqual({ parts: [text('half')], error: fault('a') })
    expect(b.asked).toEqual([])
  })

  test('takes an empty answer for a failure, but not one that was cut short or filtered', async () => {
    const blank = saying('a', text(' \n'), finish)
    const quiet = saying('b')
    const full = saying('c', text('ok'), finish)
    const { parts } = await readAll(failover([blank, quiet, full], log))
    expect(parts.at(-1)).toEqual({ ...finish, channel: 'c' })
    for (const reason of ['length', 'content-filter'] as const) {
      const filtered = saying('a', { type: 'finish', reason })
      expect(await readAll(failover([filtered, full], log))).toEqual({
        parts: [{ type: 'finish', reason, channel: 'a' }],
      })
    }
  })

  test('throws the last error when all fail', async () => {
    const channels = [saying('a', fault('a')), saying('b', fault('b', 'rate-limited'))]
    expect(await readAll(failover(channels, log))).toEqual({ parts: [], error: fault('b', 'rate-limited') })
    expect(lines).toHaveLength(1)
    expect(await readAll(failover([], log))).toMatchObject({ error: { fault: 'unavailable' } })
  })

  test('lets the last channel try once more by itself, and no other', async () => {
    const [a, b] = [saying('a', fault('a')), saying('b', text('ok'), finish)]
    await readAll(failover([a, b], log))
    expect([a.asked[0]?.mayRetry, b.asked[0]?.mayRetry]).toEqual([false, true])
  })

  test.each(['<think>想', '<think>想</think>\n'])(
    'goes on to the next channel when one has only thought, in marks: %s',
    async (thought) => {
      const channels = [saying('a', text(thought), fault('a')), saying('b', text('ok'), finish)]
      const { parts, error } = await readAll(failover(channels, log))
      expect(error).toBeUndefined()
      expect(parts.filter(({ type }) => type === 'text')).toEqual([text('ok')])
    },
  )

  test('does not hide a bug of ours', async () => {
    const bug = new TypeError('undefined is not a function')
    const b = saying('b', text('x'))
    expect(await readAll(failover([saying('a', bug), b], log))).toEqual({ parts: [], error: bug })
    expect(b.asked).toEqual([])
  })

  test('gets through a hundred channels that fail', async () => {
    const failing = Array.from({ length: 100 }, (_, index) => saying(`c${index}`, fault(`c${index}`)))
    const { parts } = await readAll(failover([...failing, saying('last', text('ok'), finish)], log))
    expect(parts).toHaveLength(2)
    expect(lines).toHaveLength(100)
  })
})

describe('a prompt that is too long', () => {
  const system = { role: 'system', content: '系统' } as const
  const question = { role: 'user', content: '问' } as const
  const history = Array.from({ length: 5 }, (_, index) => [
    { role: 'user', content: `q${index}` } as const,
    { role: 'assistant', content: `a${index}` } as const,
  ]).flat()
  /** Has room for this many messages. */
  const narrow = (code: string, room: number) => {
    const asked: ChannelRequest['messages'][] = []
    const channel = channelOf(code, async function* ({ messages }) {
      asked.push(messages)
      if (messages.length > room) throw fault(code, 'too-long')
      yield text(code)
      yield finish
    })
    return { ...channel, asked }
  }
  const asking = { ...request(), messages: [system, ...history, question] }

  test('is carried to the next channel first', async () => {
    const [a, b] = [narrow('a', 2), narrow('b', 20)]
    expect((await readAll(failover([a, b], log), asking)).parts[0]).toEqual(text('b'))
    expect(a.asked).toHaveLength(1)
  })

  test.each([
    [12, [12]],
    [6, [12, 6]],
    [5, [12, 6, 4]],
    [2, [12, 6, 4, 2]],
  ])('is asked with a shorter history where there is room for %i messages', async (room, tried) => {
    const a = narrow('a', room)
    const { parts } = await readAll(failover([a], log), asking)
    expect(parts[0]).toEqual(text('a'))
    expect(a.asked.map(({ length }) => length)).toEqual(tried)
    const last = a.asked.at(-1) ?? []
    expect([last[0], last.at(-1)]).toEqual([system, question])
    expect(last.slice(1, -1)).toEqual(history.slice(history.length - last.length + 2))
  })

  test('fails when the question alone is', async () => {
    expect((await readAll(failover([narrow('a', 1)], log), asking)).error).toEqual(fault('a', 'too-long'))
  })
})

describe('the caller’s abort', () => {
  test('ends it at once, though the channel does not notice', async () => {
    const caller = new AbortController()
    const deaf = channelOf('deaf', async function* () {
      await new Promise(() => {})
      yield text('never')
    })
    const b = saying('b', text('x'))
    const reading = readAll(failover([deaf, b], log), request(caller.signal))
    const reason = new Error('stopped')
    caller.abort(reason)
    expect(await reading).toEqual({ parts: [], error: reason })
    expect(b.asked).toEqual([])
  })

  test('is not taken for a fault of the channel', async () => {
    const caller = new AbortController()
    const reason = new Error('stopped')
    const a = channelOf('a', async function* () {
      caller.abort(reason)
      yield* []
      throw fault('a', 'timeout')
    })
    const b = saying('b', text('x'))
    expect(await readAll(failover([a, b], log), request(caller.signal))).toEqual({ parts: [], error: reason })
    expect(b.asked).toEqual([])
    expect(lines).toEqual([])
  })

  test('before the beginning asks nobody', async () => {
    const a = saying('a', text('x'))
    expect(await readAll(failover([a], log), request(AbortSignal.abort(new Error('gone'))))).toMatchObject({
      parts: [],
      error: { message: 'gone' },
    })
  })
})

test('the channel is closed when the reader stops early', async () => {
  let isClosed = false
  const a = channelOf('a', async function* () {
    try {
      yield text('1')
      yield text('2')
    } finally {
      isClosed = true
    }
  })
  for await (const _ of failover([a], log).stream(request())) break
  expect(isClosed).toBe(true)
})
