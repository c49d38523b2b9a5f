import { describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import { elementOf } from './callback-server.ts'
import { account, get, OPENID, post, sandbox, server, useSandbox } from './running-sandbox.ts'

useSandbox()

describe('the bases', () => {
  test('serve a login by scene code from token to scan', async () => {
    const token = await post('/wechat/cgi-bin/stable_token', {
      ...{ grant_type: 'client_credential', appid: account.appId, secret: account.appSecret },
    })
    const access = String(Object(token.json).access_token)
    const asked = await post(`/wechat/cgi-bin/qrcode/create?access_token=${access}`, {
      ...{ expire_seconds: 300, action_name: 'QR_STR_SCENE', action_info: { scene: { scene_str: 'login' } } },
    })
    const ticket = String(Object(asked.json).ticket)
    expect(sandbox.apiBase).toBe(`${sandbox.url}/wechat`)
    const picture = await fetch(`${sandbox.mpBase}/cgi-bin/showqrcode?ticket=${encodeURIComponent(ticket)}`)
    expect(picture.headers.get('content-type')).toMatch(/^image\/svg\+xml/)
    expect((await picture.text()).match(/data-ticket="([^"]*)"/)?.[1]).toBe(ticket)
    await post('/scan', { from: '小明', ticket })
    expect(elementOf(server.pushes[0]?.body ?? '', 'EventKey')).toBe('login')
    expect((await fetch(`${sandbox.mpBase}/cgi-bin/showqrcode?ticket=x`)).status).toBe(404)
  })

  test('serve a login with one tap, whose code is good once and for five minutes', async () => {
    const { appId: appid, appSecret: secret } = account
    const redirect_uri = 'http://127.0.0.1:9/back?x=1'
    const query = { appid, redirect_uri, response_type: 'code', scope: 'snsapi_base', state: 'ab12' }
    const authorize = async (more: Record<string, string> = {}) => {
      const asked = new URLSearchParams({ ...query, ...more })
      const response = await fetch(`${sandbox.oauthBase}/connect/oauth2/authorize?${asked}`, {
        redirect: 'manual',
      })
      return { status: response.status, back: response.headers.get('location') ?? '' }
    }
    const exchange = (code: string, more: Record<string, string> = {}) => {
      const asked = { appid, secret, code, grant_type: 'authorization_code', ...more }
      return get(`/wechat/sns/oauth2/access_token?${new URLSearchParams(asked)}`)
    }
    const codeIn = (back: string) => new URL(back).searchParams.get('code') ?? ''

    const { status, back } = await authorize({ from: '小明' })
    expect(status).toBe(302)
    expect(back).toMatch(/^http:\/\/127\.0\.0\.1:9\/back\?x=1&code=[\w-]{32}&state=ab12$/)
    const code = codeIn(back)
    expect(await exchange(code, { secret: 'f'.repeat(32) })).toMatchObject({ errcode: 40125 })
    expect(await exchange(code, { appid: 'wx' })).toMatchObject({ errcode: 40013 })
    expect(await exchange(code, { grant_type: 'x' })).toMatchObject({ errcode: 40002 })
    expect(await exchange(code)).toMatchObject({ openid: OPENID, scope: 'snsapi_base' })
    expect(await exchange(code)).toMatchObject({ errcode: 40163 })
    expect(await exchange('x')).toMatchObject({ errcode: 40029 })
    expect(await exchange('')).toMatchObject({ errcode: 41008 })
    const looked = codeIn((await authorize({ snapshot: '1' })).back)
    expect(await exchange(looked)).toMatchObject({ is_snapshotuser: 1, openid: openidOf('me') })
    for (const wrong of [
      { appid: 'wx' },
      { redirect_uri: 'https://evil.example/' },
      { redirect_uri: 'javascript:alert(1)//127.0.0.1' },
      { redirect_uri: '//127.0.0.1' },
      { response_type: 'token' },
      { scope: 'all' },
      { state: '<b>' },
      { state: 'a'.repeat(129) },
      { from: '' },
      { from: 'x'.repeat(65) },
    ])
      expect(await authorize(wrong)).toEqual({ status: 400, back: '' })
    sandbox.platform.setKind('verified')
    expect((await authorize()).status).toBe(400)
  })

  test('show the account’s own QR code; scanned, it tells the account of new followers alone', async () => {
    const picture = await fetch(`${sandbox.mpBase}/account-qr`)
    expect(picture.headers.get('content-type')).toMatch(/^image\/svg\+xml/)
    expect(await picture.text()).toContain(`data-ticket="${account.ghId}"`)
    await post('/unfollow', { from: '小明' })
    const scan = () => post('/scan', { from: '小明', ticket: account.ghId })
    expect((await scan()).json).toMatchObject({ following: true, attempts: 1 })
    expect((await scan()).json).toMatchObject({ following: true, attempts: 0, notice: false })
    expect(server.pushes.map(({ body }) => elementOf(body, 'Event'))).toEqual(['unsubscribe', 'subscribe'])
    expect(elementOf(server.pushes[1]?.body ?? '', 'EventKey')).toBe('')
  })

  test('leave a call without an answer when told to', async () => {
    sandbox.platform.failNext('/cgi-bin/token', 'timeout')
    const call = fetch(`${sandbox.apiBase}/cgi-bin/token`, { signal: AbortSignal.timeout(50) })
    await expect(call).rejects.toThrow(/timeout/)
    sandbox.platform.failNext('/cgi-bin/token', 'http-500')
    expect((await fetch(`${sandbox.apiBase}/cgi-bin/token`)).status).toBe(500)
  })

  test('see the raw body, escapes and all', async () => {
    await post('/send', { from: OPENID, text: '在吗' })
    const { appId: appid, appSecret: secret } = account
    const query = new URLSearchParams({ grant_type: 'client_credential', appid, secret })
    const { access_token } = Object(await get(`/wechat/cgi-bin/token?${query}`))
    const path = `/wechat/cgi-bin/message/custom/send?access_token=${access_token}`
    const escaped = `{"touser":"${OPENID}","msgtype":"text","text":{"content":"\\u4f60"}}`
    expect((await post(path, escaped)).json).toMatchObject({ errcode: 40033 })
    expect((await post(path, escaped.replace('\\u4f60', '你'))).json).toEqual({ errcode: 0, errmsg: 'ok' })
    const { entries } = Object(await get('/wire'))
    expect(entries.at(-1)).toMatchObject({ direction: 'to-app', plain: '{"errcode":0,"errmsg":"ok"}' })
  })
})
