import { describe, expect, test } from '@jest/globals'
import {
  clock,
  MINUTE_MS,
  service,
  somebody,
  useLoginService,
  userOf,
  visitor,
} from '../support/login-service.ts'
import { stacks } from '../support/stacks.ts'

describe.each(stacks)('with one tap in WeChat on $name', (stack) => {
  useLoginService(stack)

  const redirectUri = 'http://127.0.0.1:9/api/login/oauth'
  const begins = async (browser: string) => {
    const begun = await service.app.login.byOauth.begin({ browser, ip: '192.0.2.1', redirectUri })
    if (!begun.ok) throw new Error(begun.reason)
    return begun.url
  }
  const taps = async (url: string, from: string, more = '') => {
    const [address] = url.split('#')
    const response = await fetch(`${address}&from=${from}${more}`, { redirect: 'manual' })
    const { searchParams } = new URL(response.headers.get('location') ?? '')
    return { code: searchParams.get('code') ?? '', state: searchParams.get('state') ?? '' }
  }
  const finishes = (back: { code: string; state: string }, browser: string) =>
    service.app.login.byOauth.finish({ ...back, browser, ip: '192.0.2.1', userAgent: 'MicroMessenger' })

  test('a known user is logged in, once', async () => {
    const [me, browser] = [somebody(), visitor()]
    await service.weixin.platform.send(me, '登录')
    const { session } = await userOf(me)
    expect(service.app.login.byOauth.isOffered()).toBe(true)
    const back = await taps(await begins(browser), me)
    expect(await finishes(back, browser)).toMatchObject({
      ok: true,
      session: { userId: session.userId, userAgent: 'MicroMessenger' },
    })
    expect(await finishes(back, browser)).toEqual({ ok: false, reason: 'wrong-state' })
    const again = await taps(await begins(browser), me)
    expect(await finishes({ ...again, code: back.code }, browser)).toEqual({
      ...{ ok: false, reason: 'wrong-code' },
    })
  })

  test('a link that was begun in another browser logs nobody in', async () => {
    const [attacker, victim] = [visitor(), visitor()]
    const me = somebody()
    await service.weixin.platform.send(me, '登录')
    const back = await taps(await begins(attacker), me)
    expect(await finishes(back, victim)).toEqual({ ok: false, reason: 'wrong-state' })
    expect(await finishes(back, attacker)).toMatchObject({ ok: true })
  })

  test('strangers, WeChat itself, old states and old codes are not logged in', async () => {
    const [me, browser] = [somebody(), visitor()]
    expect(await finishes(await taps(await begins(browser), me), browser)).toEqual({
      ...{ ok: false, reason: 'stranger' },
    })
    await service.weixin.platform.send(me, '帮助')
    expect(await finishes(await taps(await begins(browser), me, '&snapshot=1'), browser)).toEqual({
      ...{ ok: false, reason: 'snapshot' },
    })
    const late = await taps(await begins(browser), me)
    clock.pass(5 * MINUTE_MS)
    expect(await finishes(late, browser)).toEqual({ ok: false, reason: 'wrong-state' })
    const fresh = await taps(await begins(browser), me)
    expect(await finishes({ ...fresh, code: late.code }, browser)).toEqual({
      ...{ ok: false, reason: 'wrong-code' },
    })
  })
})
