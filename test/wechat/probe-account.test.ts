import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { createMemoryTokenStore } from '../../src/infra/cache/memory-token-store.ts'
import { type SandboxServer, startSandboxServer } from '../../src/sandbox/server.ts'
import { createAccessToken } from '../../src/wechat/access-token.ts'
import { createWechatApi, type WechatApi } from '../../src/wechat/api.ts'
import { WechatApiError } from '../../src/wechat/api-errors.ts'
import { probeAccount } from '../../src/wechat/probe-account.ts'

const TOKEN = '/cgi-bin/stable_token'
const TYPING = '/cgi-bin/message/custom/typing'
const QR = '/cgi-bin/qrcode/create'

describe('a probe', () => {
  let weixin: SandboxServer
  beforeEach(async () => {
    weixin = await startSandboxServer()
  })
  afterEach(() => weixin.close())

  const openApi = ({ appSecret = weixin.platform.account.appSecret, apiBase = weixin.apiBase } = {}) => {
    const { appId } = weixin.platform.account
    const each = { apiBase, fetch, log: silentLog, timeoutMs: 1000 }
    const store = createMemoryTokenStore(systemClock)
    const accessToken = createAccessToken({ ...each, appId, appSecret, store, clock: systemClock })
    return createWechatApi({ ...each, mpBase: weixin.mpBase, accessToken })
  }
  const refusing = (errcode: number): WechatApi => ({
    ...openApi(),
    typing: async () => {
      throw new WechatApiError(TYPING, errcode, '')
    },
  })

  test.each([
    ['service', true, true],
    ['verified', true, false],
    ['unverified', false, false],
  ] as const)('tells what a %s account may do', async (kind, pushes, sceneQr) => {
    weixin.platform.setKind(kind)
    expect(await probeAccount(openApi())).toEqual({ ok: true, kind, pushes, sceneQr })
  })

  test('sends no message, and its code lasts a minute', async () => {
    await probeAccount(openApi())
    const calls = weixin.platform.wire().filter(({ direction }) => direction === 'from-app')
    expect(calls.map(({ what }) => what)).toEqual([`POST ${TOKEN}`, `POST ${TYPING}`, `POST ${QR}`])
    expect(calls[1]?.plain).toContain('"touser":"yingda-probe"')
    expect(calls[2]?.plain).toContain('"expire_seconds":60')
  })

  test.each([40003, 45080, 45081, 45015, 45047])('takes %i for a permission', async (errcode) => {
    expect(await probeAccount(refusing(errcode))).toMatchObject({ ok: true, pushes: true })
  })

  test.each([48001, 40200])('takes %i for the lack of one', async (errcode) => {
    expect(await probeAccount(refusing(errcode))).toMatchObject({ ok: true, pushes: false })
  })

  test.each([-1, 40001, 45009, 48004, 50002, 99999])('learns nothing from %i', async (errcode) => {
    expect(await probeAccount(refusing(errcode))).toMatchObject({
      ok: false,
      reason: expect.stringContaining(String(errcode)),
    })
  })

  test.each([
    [40164, /127\.0\.0\.1/, /allowlist/],
    [40013, /40013/, /WECHAT_APP_ID/],
    [40125, /40125/, /WECHAT_APP_SECRET/],
    [89503, /89503/, /administrator/],
  ])('says why there is no token: %i', async (errcode, reason, hint) => {
    weixin.platform.failNext(TOKEN, errcode)
    expect(await probeAccount(openApi())).toEqual({
      ok: false,
      reason: expect.stringMatching(reason),
      hint: expect.stringMatching(hint),
    })
  })

  test('learns nothing when WeChat is out of reach, silent or broken', async () => {
    expect(await probeAccount(openApi({ apiBase: 'http://127.0.0.1:9' }))).toMatchObject({ ok: false })
    for (const path of [TOKEN, TYPING, QR]) {
      weixin.platform.failNext(path, path === TYPING ? 'timeout' : 'http-500')
      expect(await probeAccount(openApi())).toMatchObject({ ok: false, hint: expect.any(String) })
    }
  })

  test('keeps the secret to itself', async () => {
    const appSecret = 'not-the-secret-0123456789'
    expect(JSON.stringify(await probeAccount(openApi({ appSecret })))).not.toContain(appSecret)
  })
})
