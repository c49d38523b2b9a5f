import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { systemClock } from '../../src/base/clock.ts'
import { describeError, type Log } from '../../src/base/log.ts'
import { createMemoryTokenStore } from '../../src/infra/cache/memory-token-store.ts'
import { createRedisTokenStore } from '../../src/infra/cache/redis-token-store.ts'
import { createAccessToken } from '../../src/wechat/access-token.ts'
import { WechatApiError, WechatNetworkError } from '../../src/wechat/api-errors.ts'
import type { TokenStore } from '../../src/wechat/token-store.ts'
import { type FakeWechatApi, type ScriptedReply, startFakeWechatApi } from '../support/fake-wechat-api.ts'
import { openRedis, randomPrefix, withRedis } from '../support/redis.ts'

const PATH = '/cgi-bin/stable_token'
const SECRET = 'app-SECRET-0123456789abcdef'
const START = 1_790_000_000_000

const token = (name: string, expiresIn = 7200) => ({ access_token: name, expires_in: expiresIn })
const forced = (api: FakeWechatApi) =>
  api.callsOf(PATH).map((call) => (call.body as { force_refresh: boolean }).force_refresh)

describe('access token', () => {
  let api: FakeWechatApi
  let now: number
  let lines: string[]
  let store: TokenStore
  const clock = { now: () => now, sleep: async () => {} }

  beforeEach(async () => {
    api = await startFakeWechatApi()
    now = START
    lines = []
    store = createMemoryTokenStore(clock)
  })
  afterEach(() => api.close())

  const write = (fields: object, message: string) => {
    const err = 'err' in fields ? { err: describeError(fields.err), own: fields.err } : {}
    lines.push(JSON.stringify({ ...fields, ...err, message }))
  }
  const log: Log = { error: write, warn: write, info: write, debug: write }

  const open = (timeoutMs = 2000) =>
    createAccessToken({
      appId: 'wx1',
      appSecret: SECRET,
      apiBase: api.url,
      fetch,
      store,
      clock,
      log,
      timeoutMs,
    })
  const script = (...replies: ScriptedReply[]) => api.script(PATH, ...replies)
  const failure = (work: Promise<unknown>) => work.then(() => undefined).catch((err: unknown) => err)

  test('asks for a stable token in normal mode', async () => {
    script(token('T1'))
    expect(await open().get()).toBe('T1')
    expect(api.calls).toHaveLength(1)
    expect(api.calls[0]).toMatchObject({
      token: null,
      body: { grant_type: 'client_credential', appid: 'wx1', secret: SECRET, force_refresh: false },
    })
  })

  test('makes one call for a hundred callers at once', async () => {
    script(token('T1'), token('T2'))
    const access = open()
    const tokens = await Promise.all(Array.from({ length: 100 }, () => access.get()))
    expect(new Set(tokens)).toEqual(new Set(['T1']))
    expect(api.calls).toHaveLength(1)
  })

  test('makes one call for a hundred callers of two objects on one store', async () => {
    script(token('T1'), token('T2'))
    const both = [open(), open()]
    const tokens = await Promise.all(Array.from({ length: 100 }, (_, i) => both[i % 2]?.get()))
    expect(new Set(tokens)).toEqual(new Set(['T1']))
    expect(api.calls).toHaveLength(1)
  })

  if (withRedis) {
    test('makes one call for two processes that share a Redis', async () => {
      script(token('T1'), token('T2'))
      const connections = [openRedis(), openRedis()]
      const prefix = randomPrefix()
      const both = connections.map((redis) => {
        store = createRedisTokenStore(redis, prefix, systemClock, { ttlMs: 5000, pollMs: 3, maxWaitMs: 9000 })
        return open()
      })
      now = Date.now()
      const tokens = await Promise.all(Array.from({ length: 100 }, (_, i) => both[i % 2]?.get()))
      expect(new Set(tokens)).toEqual(new Set(['T1']))
      expect(api.calls).toHaveLength(1)
      await Promise.all(connections.map((redis) => redis.quit()))
    })
  }

  test.each([
    { expiresIn: 7200, usableS: 7000 },
    { expiresIn: 600, usableS: 400 },
    { expiresIn: 300, usableS: 200 },
    { expiresIn: 30, usableS: 20 },
  ])('uses a token of $expiresIn s for $usableS s', async ({ expiresIn, usableS }) => {
    script(token('T1', expiresIn), token('T2'))
    const access = open()
    await access.get()
    now = START + usableS * 1000 - 1
    expect(await access.get()).toBe('T1')
    expect(api.calls).toHaveLength(1)
    now += 1
    expect(await access.get()).toBe('T2')
    expect(api.calls).toHaveLength(2)
  })

  test('counts the life of a token from before the call', async () => {
    script((response) => {
      now += 3000
      response.end(JSON.stringify(token('T1')))
    }, token('T2'))
    const access = open()
    await access.get()
    now = START + 7_000_000
    expect(await access.get()).toBe('T2')
  })

  test('hands on one failure to all callers and tries anew for the next', async () => {
    script({ errcode: -1, errmsg: 'system error rid: 6a-1' }, token('T1'))
    const access = open()
    const failures = await Promise.all([access.get(), access.get()].map(failure))
    expect(failures).toMatchObject([
      { errcode: -1, rid: '6a-1', advice: 'retry' },
      { errcode: -1, rid: '6a-1', advice: 'retry' },
    ])
    expect(api.calls).toHaveLength(1)
    expect(await access.get()).toBe('T1')
  })

  describe('after a rejection', () => {
    test('returns the newer token of the store without a call', async () => {
      script(token('T2'))
      await store.write({ value: 'T3', expiresAt: START + 1000 })
      expect(await open().renew('T1')).toBe('T3')
      expect(api.calls).toHaveLength(0)
    })

    test('fetches in normal mode when the store holds the rejected token', async () => {
      script(token('T1'), token('T2'))
      const access = open()
      expect(await access.renew(await access.get())).toBe('T2')
      expect(forced(api)).toEqual([false, false])
      expect(await access.get()).toBe('T2')
    })

    test('fetches once for many callers with the same rejected token', async () => {
      script(token('T2'), token('T3'))
      await store.write({ value: 'T1', expiresAt: START + 9000 })
      const both = [open(), open()]
      const renewed = await Promise.all(Array.from({ length: 40 }, (_, i) => both[i % 2]?.renew('T1')))
      expect(new Set(renewed)).toEqual(new Set(['T2']))
      expect(api.calls).toHaveLength(1)
    })

    test('lets a caller wait for the successor of a token that is being renewed', async () => {
      script(token('T2'))
      await store.write({ value: 'T1', expiresAt: START + 9000 })
      const access = open()
      const [renewed, got] = await Promise.all([access.renew('T1'), access.get()])
      expect([renewed, got]).toEqual(['T2', 'T2'])
    })

    test('forces a refresh when WeChat hands the rejected token back', async () => {
      script(token('T1'), token('T1'), token('T2'))
      const access = open()
      expect(await access.renew(await access.get())).toBe('T2')
      expect(forced(api)).toEqual([false, false, true])
      expect(await store.read()).toEqual({ value: 'T2', expiresAt: START + 7_000_000, forcedAt: START })
    })

    test('forces no second refresh within 30 s, by any process', async () => {
      script(token('T1'))
      expect(await open().renew('T1')).toBe('T1')
      expect(forced(api)).toEqual([false, true])
      now = START + 29_999
      expect(await open().renew('T1')).toBe('T1')
      expect(forced(api)).toEqual([false, true, false])
      now = START + 30_000
      expect(await open().renew('T1')).toBe('T1')
      expect(forced(api)).toEqual([false, true, false, false, true])
    })

    test('remembers a forced refresh over an ordinary renewal', async () => {
      script(token('T1'), token('T2'), token('T3'), token('T3'))
      const access = open()
      await access.renew('T1')
      expect(await access.renew('T2')).toBe('T3')
      expect(await access.renew('T3')).toBe('T3')
      expect(forced(api)).toEqual([false, true, false, false])
    })

    test('counts a forced refresh whose answer was lost', async () => {
      script(token('T1'), (response) => response.destroy(), token('T1'))
      const access = open()
      expect(await failure(access.renew('T1'))).toBeInstanceOf(WechatNetworkError)
      expect(await access.renew('T1')).toBe('T1')
      expect(forced(api)).toEqual([false, true, false])
    })
  })

  describe('failing', () => {
    test.each([
      [40001, 'alarm', 'invalid credential'],
      [40013, 'alarm', 'invalid appid'],
      [40125, 'alarm', 'invalid appsecret'],
      [40164, 'alarm', 'invalid ip 203.0.113.7, not in whitelist'],
      [89503, 'alarm', 'this ip requests is waiting for the consent of an administrator'],
      [45009, 'alarm', 'reach max api daily quota limit'],
      [-1, 'retry', 'system error'],
    ])('says %i as %s', async (errcode, advice, errmsg) => {
      script({ errcode, errmsg: `${errmsg} rid: 66aa-1b` })
      const err = await failure(open().get())
      expect(err).toBeInstanceOf(WechatApiError)
      expect(err).toMatchObject({ errcode, advice, rid: '66aa-1b' })
      expect(lines.join()).toContain(errmsg)
    })

    test('is a network error when the token or its life is missing', async () => {
      for (const reply of [
        { access_token: 'T1' },
        { expires_in: 7200 },
        token(''),
        token('T1', 0),
        [],
        { errcode: 0 },
      ]) {
        script(reply)
        expect(await failure(open().get())).toMatchObject({ kind: 'malformed', advice: 'retry' })
      }
    })

    test('follows no redirect with the secret', async () => {
      const elsewhere = await startFakeWechatApi()
      elsewhere.script('/stolen', token('T1'))
      script((response) => response.writeHead(307, { location: `${elsewhere.url}/stolen` }).end())
      expect(await failure(open().get())).toMatchObject({ kind: 'status', advice: 'alarm' })
      expect(elsewhere.calls).toHaveLength(0)
      await elsewhere.close()
    })
  })

  test('never shows secret or token in an error or a log line', async () => {
    const echo = {
      errcode: 40125,
      errmsg: `bad secret ${SECRET} token=TOKEN-1 {"access_token":"TOKEN-2"} rid: 1-2`,
    }
    const bad: ScriptedReply[] = [
      echo,
      (response) => response.destroy(),
      (response) => response.writeHead(502).end(`<html>${SECRET} TOKEN-1</html>`),
      (response) => response.end(`${SECRET} TOKEN-1 is not JSON`),
      () => {},
      { access_token: 'TOKEN-1', expires_in: SECRET },
    ]
    const shown: string[] = []
    for (const reply of bad) {
      script(reply)
      const err = await failure(open(100).renew('TOKEN-1'))
      if (!(err instanceof Error)) throw new Error('the call went well')
      shown.push(
        JSON.stringify(describeError(err)),
        JSON.stringify(err),
        String(err.stack),
        String(err.cause),
      )
    }
    script(token('TOKEN-1'), token('TOKEN-2'))
    await open().renew('TOKEN-1')
    script(token('TOKEN-2'))
    await open().renew('TOKEN-2')

    expect(lines.length).toBeGreaterThan(bad.length)
    const all = [...shown, ...lines].join('\n')
    expect(all).not.toContain(SECRET)
    expect(all).not.toMatch(/TOKEN-[12]/)
  })
})
