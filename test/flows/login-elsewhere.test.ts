import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import { visitor } from '../support/login-service.ts'
import { type Service, startService } from '../support/service.ts'

describe('an account without QR codes of its own making', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService('sqlite', (weixin) => ({
      ...{ WECHAT_ACCOUNT: 'verified', WECHAT_QR_URL: `${weixin.mpBase}/account-qr?size=L`, LOCALE: 'en' },
      PUBLIC_URL: 'https://bot.example/',
    }))
  })
  afterAll(() => service.close())

  test('shows the operator’s picture, offers no tap, and says codes in English', async () => {
    const { tickets, byOauth, byCode } = service.app.login
    const browser = visitor()
    const ticket = await tickets.open({ browser, ip: '192.0.2.1', userAgent: '' })
    expect(ticket).toMatchObject({
      ok: true,
      kind: 'account',
      qrUrl: `${service.weixin.mpBase}/account-qr?size=L`,
    })
    expect(byOauth.isOffered()).toBe(false)
    const me = openidOf('english login')
    await service.weixin.platform.send(me, 'login')
    const text = service.weixin.platform.phone(me).messages.at(-1)?.text ?? ''
    expect(text).toMatch(
      /^Your login code: \d{8} \(good for 5 minutes\)\. Type it on https:\/\/bot\.example only/,
    )
    const code = /\d{8}/.exec(text)?.[0] ?? ''
    expect(await byCode({ code, browser, ip: '192.0.2.1', userAgent: '' })).toMatchObject({ ok: true })
  })
})
