import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { describeError, type Log } from '../../src/base/log.ts'
import { createWechatApi } from '../../src/wechat/api.ts'
import { WechatApiError, WechatNetworkError } from '../../src/wechat/api-errors.ts'
import { adviceFor, hintFor } from '../../src/wechat/error-codes.ts'
import { type FakeWechatApi, type ScriptedReply, startFakeWechatApi } from '../support/fake-wechat-api.ts'

const SEND = '/cgi-bin/message/custom/send'
const TYPING = '/cgi-bin/message/custom/typing'
const QR = '/cgi-bin/qrcode/create'
const OK = { errcode: 0, errmsg: 'ok' }

describe('WeChat API', () => {
  let api: FakeWechatApi
  let lines: string[]
  let tokens: string[]
  let rejected: string[]

  beforeEach(async () => {
    api = await startFakeWechatApi()
    lines = []
    rejected = []
    tokens = ['TOKEN-1', 'TOKEN-2', 'TOKEN-3']
  })
  afterEach(() => api.close())

  const write = (fields: object, message: string) => {
    lines.push(JSON.stringify({ ...fields, message }))
  }
  const log: Log = { error: write, warn: write, info: write, debug: write }
  const accessToken = {
    get: async () => tokens[0] ?? '',
    renew: async (token: string) => {
      rejected.push(token)
      tokens.shift()
      return tokens[0] ?? ''
    },
  }
  const open = ({ timeoutMs = 2000, apiBase = api.url } = {}) =>
    createWechatApi({ apiBase, mpBase: 'https://mp.example/', accessToken, fetch, log, timeoutMs })
  const failure = (work: Promise<unknown>) => work.then(() => undefined).catch((err: unknown) => err)
  const sendFailure = (reply: ScriptedReply, timeoutMs?: number) => {
    api.script(SEND, reply)
    return failure(open(timeoutMs === undefined ? {} : { timeoutMs }).sendText('o1', 'hello'))
  }

  describe('a request', () => {
    test('carries the text as JSON and the token in the query alone', async () => {
      api.script(SEND, OK)
      tokens = ['a+b/c=d&e']
      await open().sendText('oABC', 'hello')
      expect(api.calls).toEqual([
        {
          path: SEND,
          token: 'a+b/c=d&e',
          contentType: 'application/json; charset=utf-8',
          raw: '{"touser":"oABC","msgtype":"text","text":{"content":"hello"}}',
          body: expect.anything(),
        },
      ])
    })

    test('writes Chinese and emoji as raw UTF-8', async () => {
      api.script(SEND, OK)
      const text = '你好，世界 👩‍👩‍👧 𠮷 "quoted" \\ back\nnew line\ttab\u2028'
      await open().sendText('o1', text)
      expect(api.calls[0]?.body).toMatchObject({ text: { content: text } })
      expect(api.calls[0]?.raw).toContain('你好，世界 👩‍👩‍👧 𠮷')
      expect(api.calls[0]?.raw).not.toMatch(/\\u/)
    })

    test('replaces lone surrogates, which JSON would escape', async () => {
      api.script(SEND, OK)
      await open().sendText('o1', 'a\ud83db\udc00c😀')
      expect(api.calls[0]?.body).toMatchObject({ text: { content: 'a\ufffdb\ufffdc😀' } })
      expect(api.calls[0]?.raw).not.toMatch(/\\u/)
    })

    test('drops control characters, which JSON would escape', async () => {
      api.script(SEND, OK)
      const controls = String.fromCharCode(...Array.from({ length: 32 }, (_, i) => i))
      await open().sendText('o1', `[${controls}]`)
      expect(api.calls[0]?.body).toMatchObject({ text: { content: '[\b\t\n\f\r]' } })
      expect(api.calls[0]?.raw).not.toMatch(/\\u/)
    })

    test('goes below the path of a proxy', async () => {
      api.script(`/wx${SEND}`, OK)
      await open({ apiBase: `${api.url}/wx/` }).sendText('o1', 'hello')
      expect(api.callsOf(`/wx${SEND}`)).toHaveLength(1)
    })
  })

  test.each(['Typing', 'CancelTyping'] as const)('sends %s', async (command) => {
    api.script(TYPING, OK)
    await open().typing('o1', command)
    expect(api.callsOf(TYPING)[0]?.body).toEqual({ touser: 'o1', command })
  })

  describe('a scene QR code', () => {
    test('comes with its image address', async () => {
      api.script(QR, { ticket: 'gQH/+8=', expire_seconds: 300, url: 'http://weixin.qq.com/q/x' })
      expect(await open().createSceneQr('login_K7Q2', 300)).toEqual({
        ticket: 'gQH/+8=',
        url: 'http://weixin.qq.com/q/x',
        expireSeconds: 300,
        imageUrl: 'https://mp.example/cgi-bin/showqrcode?ticket=gQH%2F%2B8%3D',
      })
      expect(api.calls[0]?.body).toEqual({
        expire_seconds: 300,
        action_name: 'QR_STR_SCENE',
        action_info: { scene: { scene_str: 'login_K7Q2' } },
      })
    })

    test('may use all of the allowed range', async () => {
      api.script(QR, { ticket: 't', expire_seconds: 1, url: 'u' })
      await open().createSceneQr('s', 1)
      await open().createSceneQr('s'.repeat(64), 2_592_000)
      expect(api.calls).toHaveLength(2)
    })

    test.each([
      ['', 60],
      ['s'.repeat(65), 60],
      ['s', 0],
      ['s', 2_592_001],
      ['s', 1.5],
      ['s', Number.NaN],
    ])('is not asked for as %j for %d s', async (scene, expireSeconds) => {
      await expect(open().createSceneQr(scene, expireSeconds)).rejects.toThrow(RangeError)
      expect(api.calls).toHaveLength(0)
    })

    test('is refused to an account that may not have it', async () => {
      api.script(QR, { errcode: 48001, errmsg: 'api unauthorized rid: 1-2' })
      expect(await failure(open().createSceneQr('s', 60))).toMatchObject({ advice: 'not-granted' })
    })
  })

  describe('a rejected token', () => {
    test.each([40001, 40014, 42001])('is renewed once after %i and the call repeated', async (errcode) => {
      api.script(SEND, { errcode, errmsg: 'access_token expired rid: 1-2' }, OK)
      await open().sendText('o1', 'hello')
      expect(rejected).toEqual(['TOKEN-1'])
      expect(api.calls.map((call) => call.token)).toEqual(['TOKEN-1', 'TOKEN-2'])
      expect(api.calls[1]?.raw).toBe(api.calls[0]?.raw)
    })

    test('is renewed no second time', async () => {
      const err = await sendFailure({ errcode: 40001, errmsg: 'invalid credential' })
      expect(err).toMatchObject({ errcode: 40001, advice: 'renew-token' })
      expect(rejected).toEqual(['TOKEN-1'])
      expect(api.calls).toHaveLength(2)
    })

    test('leaves the error of the repeated call to the caller', async () => {
      api.script(SEND, { errcode: 42001, errmsg: '' }, { errcode: 45047, errmsg: '' })
      expect(await failure(open().sendText('o1', 'hello'))).toMatchObject({ errcode: 45047, advice: 'hold' })
    })
  })

  describe('a refusal', () => {
    test('is thrown with code, rid and advice, and not repeated', async () => {
      const err = await sendFailure({
        errcode: 45015,
        errmsg: 'response out of time limit rid: 5f1b-22ac-10',
      })
      expect(err).toBeInstanceOf(WechatApiError)
      expect(err).toMatchObject({
        errcode: 45015,
        rid: '5f1b-22ac-10',
        advice: 'hold',
        message: `WeChat refused ${SEND}: 45015 response out of time limit rid: 5f1b-22ac-10`,
      })
      expect(api.calls).toHaveLength(1)
    })

    test('has no rid when WeChat gave none', async () => {
      expect(await sendFailure({ errcode: -1 })).toMatchObject({
        errcode: -1,
        rid: undefined,
        advice: 'retry',
      })
    })

    test.each([
      [-1, 'retry'],
      [40001, 'renew-token'],
      [40003, 'give-up'],
      [40013, 'alarm'],
      [40014, 'renew-token'],
      [40033, 'fix'],
      [40125, 'alarm'],
      [40164, 'alarm'],
      [40200, 'not-granted'],
      [41001, 'fix'],
      [42001, 'renew-token'],
      [43004, 'give-up'],
      [43019, 'give-up'],
      [45002, 'split'],
      [45008, 'fix'],
      [45009, 'alarm'],
      [45011, 'retry'],
      [45015, 'hold'],
      [45047, 'hold'],
      [45072, 'ignore'],
      [45080, 'ignore'],
      [45081, 'ignore'],
      [48001, 'not-granted'],
      [48002, 'give-up'],
      [48004, 'alarm'],
      [48006, 'alarm'],
      [48017, 'alarm'],
      [50001, 'give-up'],
      [50002, 'give-up'],
      [50005, 'give-up'],
      [70000, 'give-up'],
      [89501, 'alarm'],
      [89503, 'alarm'],
      [89507, 'alarm'],
      [99999, 'alarm'],
    ])('with code %i means %s', (errcode, advice) => {
      expect(adviceFor(errcode)).toBe(advice)
      expect(hintFor(errcode)).toMatch(/^[\x20-\x7e]{20,140}$/)
    })

    test('with an unknown code is told from one of a known range', () => {
      expect(hintFor(89500)).toBe(hintFor(99999))
      expect(hintFor(89501)).not.toBe(hintFor(99999))
      expect(hintFor(89507)).toBe(hintFor(89501))
      expect(hintFor(89508)).toBe(hintFor(99999))
    })
  })

  describe('no usable answer', () => {
    test('is a timeout when WeChat says nothing', async () => {
      const err = await sendFailure(() => {}, 1000)
      expect(err).toBeInstanceOf(WechatNetworkError)
      expect(err).toMatchObject({ kind: 'timeout', advice: 'retry' })
      expect(api.calls).toHaveLength(1)
    })

    test('is a timeout when WeChat stops in the middle', async () => {
      const err = await sendFailure((response) => response.write('{"errcode":'), 1000)
      expect(err).toMatchObject({ kind: 'timeout', advice: 'retry' })
    })

    test('is a status when a gateway answers HTML', async () => {
      const err = await sendFailure((response) => response.writeHead(502).end('<html>Bad Gateway</html>'))
      expect(err).toMatchObject({
        kind: 'status',
        advice: 'retry',
        message: expect.stringContaining('HTTP 502'),
      })
    })

    test('needs an operator when something in between refuses', async () => {
      const err = await sendFailure((response) => response.writeHead(403).end('{"errcode":0}'))
      expect(err).toMatchObject({
        kind: 'status',
        advice: 'alarm',
        message: expect.stringContaining('HTTP 403'),
      })
    })

    test.each(['<html>login</html>', '', '{"errcode":0', 'null', '[]', '"ok"', '{}', '{"errcode":"0"}'])(
      'is malformed when the body is %j',
      async (body) => {
        expect(await sendFailure((response) => response.end(body))).toMatchObject({ kind: 'malformed' })
      },
    )

    test.each<[string, boolean, ScriptedReply]>([
      ['silence', true, () => {}],
      ['a connection that breaks off', true, (response) => response.socket?.destroy()],
      ['HTTP 502', true, (response) => response.writeHead(502).end()],
      ['HTTP 504', true, (response) => response.writeHead(504).end()],
      ['no JSON', true, (response) => response.end('<html>')],
      ['HTTP 302', false, (response) => response.writeHead(302).end()],
      ['HTTP 403', false, (response) => response.writeHead(403).end()],
      ['HTTP 429', false, (response) => response.writeHead(429).end()],
    ])('after %s the message may be out: %s', async (_what, mayBeDone, reply) => {
      expect(await sendFailure(reply, 1000)).toMatchObject({ mayBeDone })
    })

    test('is malformed when a QR answer lacks the ticket', async () => {
      api.script(QR, { expire_seconds: 300, url: 'u' })
      const err = await failure(open().createSceneQr('s', 60))
      expect(err).toMatchObject({ kind: 'malformed', message: expect.stringContaining('ticket') })
    })

    test('is malformed, and left unread, when it is huge', async () => {
      let sent = 0
      let closed: Promise<unknown> = Promise.resolve()
      const err = await sendFailure((response) => {
        const pump = () => {
          while (!response.destroyed && sent < 200_000_000) {
            sent += 65_536
            if (!response.write(' '.repeat(65_536))) return
          }
          response.end()
        }
        closed = new Promise((resolve) => response.on('close', resolve))
        response.on('drain', pump)
        pump()
      })
      expect(err).toMatchObject({ kind: 'malformed', message: expect.stringContaining('65536 bytes') })
      await closed
      expect(sent).toBeLessThan(50_000_000)
    })

    test('may be as large as 65536 bytes', async () => {
      const body = JSON.stringify(OK).padEnd(65_536)
      expect(await sendFailure((response) => response.end(body))).toBeUndefined()
      expect(await sendFailure((response) => response.end(`${body} `))).toMatchObject({ kind: 'malformed' })
    })

    test('is a connection error when nobody listens', async () => {
      const dead = await startFakeWechatApi()
      await dead.close()
      const err = await failure(open({ apiBase: dead.url }).sendText('o1', 'hello'))
      expect(err).toMatchObject({
        kind: 'connection',
        mayBeDone: false,
        advice: 'retry',
        message: expect.stringContaining('ECONNREFUSED'),
      })
    })
  })

  test('never shows the token in an error or a log line', async () => {
    const bad: ScriptedReply[] = [
      { errcode: 48001, errmsg: 'token TOKEN-1 may not; ?access_token=TOKEN-9&x rid: 1-2' },
      { errcode: 42001, errmsg: 'TOKEN-1 is old rid: 1-2' },
      (response) => response.destroy(),
      (response) => response.writeHead(500).end('TOKEN-1'),
      (response) => response.end('TOKEN-1'),
      () => {},
    ]
    const shown: string[] = []
    for (const reply of bad) {
      tokens = ['TOKEN-1', 'TOKEN-1']
      const err = await sendFailure(reply, 1000)
      if (!(err instanceof Error)) throw new Error('the call went well')
      shown.push(
        JSON.stringify(describeError(err)),
        JSON.stringify(err),
        String(err.stack),
        String(err.cause),
      )
    }
    // A base that is no URL makes fetch quote all of it.
    const err = await failure(open({ apiBase: 'no base' }).sendText('o1', 'hello'))
    if (!(err instanceof Error)) throw new Error('the call went well')
    shown.push(JSON.stringify(describeError(err)), String(err.stack), String(err.cause))

    expect(lines).toHaveLength(1)
    expect([...shown, ...lines].join('\n').match(/.{0,40}TOKEN-\d.{0,40}/g)).toBeNull()
  })
})
