import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createWechatOauth } from '../../src/wechat/oauth.ts'
import { type FakeWechatApi, type ScriptedReply, startFakeWechatApi } from '../support/fake-wechat-api.ts'
import { type LogLine, logTo } from '../support/log-to.ts'

const PATH = '/sns/oauth2/access_token'
const SECRET = '0123456789abcdef0123456789abcdef'

describe('the web authorization', () => {
  let api: FakeWechatApi
  let lines: LogLine[]
  const open = () => {
    const { log, lines: written } = logTo()
    lines = written
    return createWechatOauth({
      ...{ appId: 'wx1', appSecret: SECRET, apiBase: api.url, oauthBase: 'https://open.example', fetch, log },
      timeoutMs: 1000,
    })
  }
  beforeEach(async () => {
    api = await startFakeWechatApi()
  })
  afterEach(() => api.close())

  test('sends the browser to WeChat with everything in WeChat’s order', () => {
    expect(open().authorizeUrl('ab12', 'https://bot.example/api/login/oauth?x=1&y=登录')).toBe(
      'https://open.example/connect/oauth2/authorize?appid=wx1' +
        '&redirect_uri=https%3A%2F%2Fbot.example%2Fapi%2Flogin%2Foauth%3Fx%3D1%26y%3D%E7%99%BB%E5%BD%95' +
        '&response_type=code&scope=snsapi_base&state=ab12#wechat_redirect',
    )
  })

  test('reads the OpenID', async () => {
    api.script(PATH, { access_token: 'A', expires_in: 7200, openid: 'oABC', scope: 'snsapi_base' })
    expect(await open().openidOf('0CODE')).toEqual({ ok: true, openid: 'oABC' })
    expect(api.calls).toMatchObject([{ path: PATH, raw: '' }])
  })

  test('does not take WeChat’s own look at the page for a person', async () => {
    api.script(PATH, { access_token: 'A', openid: 'oABC', is_snapshotuser: 1 })
    expect(await open().openidOf('0CODE')).toEqual({ ok: false, reason: 'snapshot' })
  })

  test.each([40029, 40163, 41008])('%i is a wrong code', async (errcode) => {
    api.script(PATH, { errcode, errmsg: `no, rid: 1-2-3` })
    expect(await open().openidOf('0CODE')).toEqual({ ok: false, reason: 'wrong-code' })
    expect(lines).toEqual([])
  })

  test.each<[string, ScriptedReply]>([
    ['another refusal', { errcode: 40125, errmsg: `invalid appsecret ${SECRET} of code 0CODE` }],
    ['no OpenID', { access_token: 'A' }],
    ['an OpenID that is none', { access_token: 'A', openid: "o' or 1=1" }],
    ['a long OpenID', { access_token: 'A', openid: 'o'.repeat(129) }],
    ['an array', []],
    ['a page', (response) => void response.end('<html>')],
    ['too much', (response) => void response.end(`"${'x'.repeat(100_000)}"`)],
    ['HTTP 502', (response) => void response.writeHead(502).end()],
    ['a redirect', (response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()],
    ['silence', () => {}],
  ])('%s is said to be no answer, and logged without secrets', async (_name, reply) => {
    api.script(PATH, reply)
    expect(await open().openidOf('0CODE')).toEqual({ ok: false, reason: 'unreachable' })
    expect(lines).toMatchObject([{ level: 'error', message: 'WeChat does not say who logs in' }])
    const logged = lines
      .map(({ fields }) => [String(Object(fields).err?.stack), JSON.stringify(fields)])
      .join()
    expect(logged).not.toContain(SECRET)
    expect(logged).not.toContain('0CODE')
  })

  test.each(['', ' ', 'a b', '好', 'x'.repeat(513), '0&secret=1', '../x', 'a\r\nb'])(
    'WeChat is not even asked about the code %j',
    async (code) => {
      expect(await open().openidOf(code)).toEqual({ ok: false, reason: 'wrong-code' })
      expect(api.calls).toEqual([])
    },
  )
})
