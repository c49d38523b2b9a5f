import { describe, expect, test } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import { openStores } from '../../src/infra/db/stores.ts'
import { everythingKept } from '../support/everything-kept.ts'
import {
  clock,
  codeSaid,
  inDatabase,
  lastSaid,
  logIn,
  MINUTE_MS,
  opensTicket,
  SAYS_CODE,
  said,
  scans,
  sceneOf,
  service,
  somebody,
  useLoginService,
  userOf,
  visitor,
} from '../support/login-service.ts'
import { testPersonHash } from '../support/person-hash.ts'
import { stacks } from '../support/stacks.ts'

describe.each(stacks)('logging in on $name', (stack) => {
  useLoginService(stack)

  test.each(['登录', '登錄', '登陆', '登入', '验证码', '驗證碼', 'login', ' LOGIN ', 'ｌｏｇｉｎ', 'Log In'])(
    '%j is told a code and where to type it, and takes no call',
    async (word) => {
      const me = somebody()
      const calls = service.weixin.model.calls().length
      await service.weixin.platform.send(me, word)
      expect(SAYS_CODE.exec(lastSaid(me))?.[2]).toBe(service.url)
      expect(await logIn(codeSaid(me))).toMatchObject({ ok: true, session: { userAgent: 'Firefox' } })
      expect(service.weixin.model.calls().length).toBe(calls)
    },
  )

  test.each([
    (word: string) => `登录 ${word}`,
    (word: string) => `登录${word}`,
    (word: string) => ` LOGIN ${word}。`,
    (word: string) => `验证码：${word}`,
    (word: string) => `登陆 ${word.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)))}`,
  ])('what the page shows, sent as in %s, is told a code for that browser alone', async (written) => {
    const [me, browser] = [somebody(), visitor()]
    const calls = service.weixin.model.calls().length
    const { ticket, mark } = await opensTicket(browser)
    await service.weixin.platform.send(me, written(mark ?? ''))
    expect(codeSaid(me)).toMatch(/^\d{6}$/)
    expect(lastSaid(me)).toMatch(/只能用在 Firefox 上 \d\d:\d\d 打开的登录页/)
    expect((await service.app.login.tickets.find(ticket, browser))?.scannedAt).toBeDefined()
    expect(await logIn(codeSaid(me), visitor())).toEqual({ ok: false, reason: 'wrong' })
    expect(await logIn(codeSaid(me), browser)).toMatchObject({ ok: true })
    expect(service.weixin.model.calls().length).toBe(calls)
  })

  test('digits that no page waits for any more are told so, and are no question', async () => {
    const [me, browser] = [somebody(), visitor()]
    const { mark } = await opensTicket(browser)
    clock.pass(5 * MINUTE_MS)
    await service.weixin.platform.send(me, `登录 ${mark}`)
    expect(lastSaid(me)).toContain(`「登录 ${mark}」已经过期`)
  })

  test.each(['登录不了怎么办', '登录123456', 'login pleases nobody', '验证码是什么', '登录 42 次了还不行'])(
    '%j is a question',
    async (text) => {
      const me = somebody()
      await service.weixin.platform.send(me, text)
      expect(lastSaid(me)).not.toMatch(SAYS_CODE)
      expect(lastSaid(me)).toContain(text)
    },
  )

  test('the menu key LOGIN is told a code', async () => {
    const me = somebody()
    await service.weixin.platform.send(me, '帮助')
    await service.weixin.platform.tapMenu(me, 'LOGIN')
    expect(await logIn(codeSaid(me))).toMatchObject({ ok: true })
  })

  test('a code logs in once', async () => {
    const me = somebody()
    await service.weixin.platform.send(me, '登录')
    const code = codeSaid(me)
    expect(await logIn(code)).toMatchObject({ ok: true })
    expect(await logIn(code)).toEqual({ ok: false, reason: 'wrong' })
  })

  test('asking again takes the place of the code before', async () => {
    const me = somebody()
    await service.weixin.platform.send(me, '登录')
    const first = codeSaid(me)
    await service.weixin.platform.send(me, '登录')
    const second = codeSaid(me)
    expect(await logIn(first)).toEqual({ ok: false, reason: 'wrong' })
    expect(await logIn(second)).toMatchObject({ ok: true })
  })

  test('the same message sent again is told the same code, and after a restart too', async () => {
    const { platform } = service.weixin
    const me = somebody()
    const { msgId = '' } = await platform.send(me, '登录')
    await platform.send(me, '登录', { msgId })
    await service.restart()
    await platform.send(me, '登录', { msgId })
    const codes = said(me).map((text) => SAYS_CODE.exec(text)?.[1])
    expect(codes).toEqual([codeSaid(me), codeSaid(me), codeSaid(me)])
    expect(await logIn(codeSaid(me))).toMatchObject({ ok: true })
  })

  test('a code is too old after five minutes', async () => {
    const me = somebody()
    await service.weixin.platform.send(me, '登录')
    clock.pass(5 * MINUTE_MS)
    expect(await logIn(codeSaid(me))).toEqual({ ok: false, reason: 'expired' })
  })

  test('who scans the page’s QR code is told a code for that browser alone', async () => {
    const [me, browser] = [somebody(), visitor()]
    await service.weixin.platform.send(me, '帮助')
    const { ticket, kind, qrUrl, expiresAt } = await opensTicket(browser)
    expect(kind).toBe('scene')
    expect(expiresAt).toBeGreaterThan(clock.now() + 4 * MINUTE_MS)
    expect((await fetch(qrUrl ?? '')).headers.get('content-type')).toContain('image/')
    expect(await scans(me, qrUrl)).toMatchObject({ replied: true, attempts: 1 })
    expect((await service.app.login.tickets.find(ticket, browser))?.scannedAt).toBeDefined()
    expect(lastSaid(me)).not.toContain('应答')
    expect(await logIn(codeSaid(me), visitor())).toEqual({ ok: false, reason: 'wrong' })
    expect(await logIn(codeSaid(me), browser)).toMatchObject({ ok: true })
  })

  test('who follows by it is told a code and greeted, in one message', async () => {
    const { platform } = service.weixin
    const [me, browser] = [somebody(), visitor()]
    await platform.unfollow(me)
    const { qrUrl } = await opensTicket(browser)
    await scans(me, qrUrl)
    expect(said(me)).toHaveLength(1)
    expect(lastSaid(me)).toMatch(SAYS_CODE)
    expect(lastSaid(me)).toContain('你好，我是应答')
    expect(await logIn(codeSaid(me), browser)).toMatchObject({ ok: true })
  })

  test('the same scan reported again is told the same code', async () => {
    const [me, browser] = [somebody(), visitor()]
    const { ticket } = await opensTicket(browser)
    const event = {
      ...{ Event: 'SCAN', EventKey: await sceneOf(ticket, browser), Ticket: 't' },
      CreateTime: Math.floor(clock.now() / 1000),
    }
    await service.weixin.platform.sendEvent(me, event)
    await service.weixin.platform.sendEvent(me, event)
    expect(said(me)).toHaveLength(2)
    expect(said(me)[0]).toBe(lastSaid(me))
    expect(await logIn(codeSaid(me), browser)).toMatchObject({ ok: true })
  })

  test('one picture scanned by two people logs the browser in as whoever types their code', async () => {
    const [first, second, browser] = [somebody(), somebody(), visitor()]
    const { qrUrl } = await opensTicket(browser)
    await scans(first, qrUrl)
    await scans(second, qrUrl)
    const [one, other] = [await logIn(codeSaid(first), browser), await logIn(codeSaid(second), browser)]
    expect([one.ok, other.ok]).toEqual([true, true])
    if (one.ok && other.ok) expect(one.session.userId).not.toBe(other.session.userId)
  })

  test('a QR code that was scanned too late says so and gives no code, followers and new ones alike', async () => {
    const { platform } = service.weixin
    const [me, newcomer, browser] = [somebody(), somebody(), visitor()]
    const { ticket } = await opensTicket(browser)
    const scene = await sceneOf(ticket, browser)
    clock.pass(5 * MINUTE_MS)
    await platform.sendEvent(me, { Event: 'SCAN', EventKey: scene, Ticket: 't' })
    await platform.follow(newcomer, scene)
    for (const each of [me, newcomer]) {
      expect(lastSaid(each)).toMatch(/^这个登录二维码已经过期了。.*登录/)
      expect(lastSaid(each)).not.toMatch(/\d{6}/)
    }
    expect(lastSaid(newcomer)).toContain('你好，我是应答')
    expect((await service.app.login.tickets.find(ticket, browser))?.scannedAt).toBeUndefined()
  })

  test.each([
    '',
    'lgn-',
    'poster',
    'lgn_AAAAAAAAAAAAAAAAAAAAAA',
    "lgn-' or 1=1 --",
    `lgn-${'A'.repeat(23)}`,
    '好'.repeat(64),
    'qrscene_lgn-AAAAAAAAAAAAAAAAAAAAAA',
  ])('the scene %j is none of a login: silence, or the usual greeting', async (scene) => {
    const { platform } = service.weixin
    const [me, newcomer] = [somebody(), somebody()]
    await platform.send(me, '帮助')
    expect(await platform.sendEvent(me, { Event: 'SCAN', EventKey: scene, Ticket: 't' })).toMatchObject({
      ...{ replied: false, notice: false },
    })
    await platform.follow(newcomer, scene)
    expect(said(newcomer)).toEqual([expect.stringMatching(/^你好，我是应答/)])
  })

  test('a blocked user is told so, whatever way they ask, and their session ends', async () => {
    const { platform } = service.weixin
    const [me, browser] = [somebody(), visitor()]
    await platform.send(me, '登录')
    const { token, session } = await userOf(me)
    await platform.send(me, '登录')
    const code = codeSaid(me)
    await inDatabase(async ({ knex }) => {
      await openStores(knex, createIds(clock.now), testPersonHash).users.block(
        session.userId,
        true,
        clock.now(),
      )
    })
    expect(await service.app.login.sessions.find(token, clock.now())).toBeUndefined()
    expect(await logIn(code)).toEqual({ ok: false, reason: 'wrong' })
    const { qrUrl } = await opensTicket(browser)
    await platform.send(me, '登录')
    await platform.tapMenu(me, 'LOGIN')
    await scans(me, qrUrl)
    await platform.unfollow(me)
    await scans(me, qrUrl)
    // Behind two codes and the word that they were logged in.
    const answers = said(me).slice(3)
    expect(answers).toHaveLength(4)
    for (const text of answers) expect(text).toMatch(/^你暂时不能在这里提问.*代码/)
  })

  test('who unfollows or has their data erased is logged out everywhere', async () => {
    const { platform } = service.weixin
    const [leaver, forgotten] = [somebody(), somebody()]
    const tokens: string[] = []
    for (const each of [leaver, forgotten]) {
      await platform.send(each, '登录')
      tokens.push((await userOf(each)).token)
    }
    await platform.unfollow(leaver)
    await platform.send(forgotten, '删除我的数据')
    await platform.send(forgotten, '确认删除')
    for (const token of tokens)
      expect(await service.app.login.sessions.find(token, clock.now())).toBeUndefined()
  })

  test('neither the database nor the log ever holds a code or a session’s token', async () => {
    const { platform } = service.weixin
    const [typing, scanning, browser] = [somebody(), somebody(), visitor()]
    const { msgId = '' } = await platform.send(typing, '登录')
    await platform.send(typing, '登录', { msgId })
    const { qrUrl } = await opensTicket(browser)
    await scans(scanning, qrUrl)
    const [open, used] = [codeSaid(typing), codeSaid(scanning)]
    const result = await logIn(used, browser)
    const secrets = [open, used, browser, ...(result.ok ? [result.token] : [])]
    expect([open.length, used.length, secrets.length]).toEqual([8, 6, 4])
    const held = JSON.stringify(service.lines) + (await everythingKept(service))
    expect(held).toContain(typing)
    // Not a piece of a longer number, such as a time.
    for (const secret of secrets) expect(held).not.toMatch(new RegExp(`(?<!\\d)${secret}(?!\\d)`))
  })

  test('where WeChat makes no QR code the page shows the account’s own, and the log says why', async () => {
    service.weixin.platform.failNext('/cgi-bin/qrcode/create', 45009)
    const ticket = await opensTicket(visitor())
    expect(ticket).toMatchObject({ kind: 'account', qrUrl: null })
    expect(service.lines.at(-1)).toMatchObject({
      level: 'error',
      message: 'WeChat makes no QR code to log in with',
    })
    expect(await opensTicket(visitor())).toMatchObject({ kind: 'scene' })
  })
})
