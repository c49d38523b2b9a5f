import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import {
  clock,
  codeSaid,
  lastSaid,
  logIn,
  opensTicket,
  said,
  scans,
  service,
  somebody,
  useLoginService,
  visitor,
} from '../support/login-service.ts'
import { type Service, startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'
import { until } from '../support/until.ts'

const TOLD = /^你的账号刚在网页登录：Firefox \d\d:\d\d。/m

describe.each(stacks)('a login on $name', (stack) => {
  useLoginService(stack)

  test('is told to the person at once where the account may push, once', async () => {
    const me = somebody()
    await service.weixin.platform.send(me, '登录')
    expect(await logIn(codeSaid(me))).toMatchObject({ ok: true })
    expect(lastSaid(me)).toMatch(TOLD)
    expect(lastSaid(me)).toContain('退出登录')
    await service.weixin.platform.send(me, '额度')
    expect(said(me).filter((text) => TOLD.test(text))).toHaveLength(1)
  })

  test.each(['退出登录', '登出', 'Log Out', 'ｌｏｇｏｕｔ'])(
    'ends everywhere with %j, and a code that is not used yet opens nothing',
    async (word) => {
      const me = somebody()
      const tokens: string[] = []
      for (let each = 0; each < 2; each += 1) {
        await service.weixin.platform.send(me, '登录')
        const done = await logIn(codeSaid(me), visitor())
        if (done.ok) tokens.push(done.token)
      }
      await service.weixin.platform.send(me, '登录')
      const code = codeSaid(me)
      const calls = service.weixin.model.calls().length
      await service.weixin.platform.send(me, word)
      expect(lastSaid(me)).toMatch(/已经退出网页上的全部 2 处登录/)
      expect(service.weixin.model.calls().length).toBe(calls)
      for (const token of tokens)
        expect(await service.app.login.sessions.find(token, clock.now())).toBeUndefined()
      expect(await logIn(code)).toMatchObject({ ok: false })
      await service.weixin.platform.send(me, word)
      expect(lastSaid(me)).toContain('没有登录中的网页')
    },
  )

  test('leaves what an answer may need of the allowance, and is told with the next word then', async () => {
    const me = somebody()
    const { platform } = service.weixin
    const told = () => said(me).filter((text) => TOLD.test(text)).length
    const logsIn = async (times: number) => {
      const counts: number[] = []
      for (let each = 0; each < times; each += 1) {
        expect(await taps(me)).toMatchObject({ ok: true })
        counts.push(told())
      }
      return counts
    }
    await platform.send(me, '额度')
    // No answer is on its way: all five may be used.
    expect(await logsIn(6)).toEqual([1, 2, 3, 4, 5, 5])
    await platform.send(me, '额度')
    expect(told()).toBe(6)
    const calls = service.weixin.model.calls().length
    const answered = platform.send(me, '慢 20 你好')
    await until(() => service.weixin.model.calls().length > calls)
    expect(await logsIn(4)).toEqual([7, 8, 8, 8])
    await platform.send(me, '停止')
    await answered
    const both = /^好的，停下了。[\s\S]*你的账号刚在网页登录：Firefox \d\d:\d\d, Firefox \d\d:\d\d。/
    expect(said(me).filter((text) => both.test(text))).toHaveLength(1)
  })

  test('by the QR code is told at once, since the scan allows it', async () => {
    const [me, browser] = [somebody(), visitor()]
    const { qrUrl } = await opensTicket(browser)
    await scans(me, qrUrl)
    expect(await logIn(codeSaid(me), browser)).toMatchObject({ ok: true })
    expect(lastSaid(me)).toMatch(TOLD)
  })
})

/** A login with one tap, each in another browser. */
const taps = async (me: string) => {
  const by = { browser: visitor(), ip: '192.0.2.9' }
  const begun = await service.app.login.byOauth.begin({ ...by, redirectUri: 'http://127.0.0.1:9/back' })
  const [address] = begun.ok ? begun.url.split('#') : []
  const response = await fetch(`${address}&from=${me}`, { redirect: 'manual' })
  const { searchParams } = new URL(response.headers.get('location') ?? '')
  const back = { code: searchParams.get('code') ?? '', state: searchParams.get('state') ?? '' }
  return service.app.login.byOauth.finish({ ...back, ...by, userAgent: 'Firefox' })
}

describe('a login, where the account may not push', () => {
  let plain: Service
  beforeAll(async () => {
    plain = await startService('sqlite', { WECHAT_ACCOUNT: 'unverified' })
  })
  afterAll(() => plain.close())

  test.each([
    ['a command', '额度'],
    ['an answer', '你好吗'],
  ])('is told below the next reply, once: below %s', async (_name, word) => {
    const me = openidOf(`untold ${word}`)
    const { platform } = plain.weixin
    const last = () => platform.phone(me).messages.at(-1)?.text ?? ''
    await platform.send(me, '登录')
    const code = /\d{8}/.exec(last())?.[0] ?? ''
    const done = await plain.app.login.byCode({
      code,
      browser: visitor(),
      ip: '192.0.2.1',
      userAgent: 'Firefox',
    })
    expect(done).toMatchObject({ ok: true })
    await platform.send(me, word)
    expect(last()).toMatch(TOLD)
    expect(last()).not.toMatch(/^你的账号刚/)
    await platform.send(me, word)
    expect(last()).not.toMatch(TOLD)
  })
})
