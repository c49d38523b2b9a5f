import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import { newBrowser } from '../../src/identity/browser.ts'
import { openDatabase } from '../../src/infra/db/database.ts'
import { openStores } from '../../src/infra/db/stores.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { testPersonHash } from '../support/person-hash.ts'
import { type Service, startService } from '../support/service.ts'
import { createShiftedClock } from '../support/shifted-clock.ts'
import { stacks } from '../support/stacks.ts'

const MINUTE_MS = 60_000
const SAYS_CODE = /登录验证码：(\d{6})（5 分钟内有效）。请只在 (\S+) 输入，不要告诉任何人。/

const ticketIn = (qrUrl: string | null) => new URL(qrUrl ?? '').searchParams.get('ticket') ?? ''
const visitor = () => newBrowser(randomBytes)

describe.each(stacks)('logging in on $name', (stack) => {
  let service: Service
  const clock = createShiftedClock()
  let count = 0
  const somebody = () => {
    count += 1
    return openidOf(`${stack.engine} login ${count}`)
  }
  const said = (openid: string) =>
    service.weixin.platform
      .phone(openid)
      .messages.flatMap(({ from, text }) => (from === 'account' ? [text] : []))
  const lastSaid = (openid: string) => said(openid).at(-1) ?? ''
  const codeSaid = (openid: string) => SAYS_CODE.exec(lastSaid(openid))?.[1] ?? ''
  /** Each from an address of their own, so that nobody's wrong tries are anybody else's. */
  const logIn = (code: string, browser = visitor()) => {
    count += 1
    return service.app.login.byCode({ code, browser, ip: `10.1.${count}.1`, userAgent: 'Firefox' })
  }
  const opensTicket = async (browser: string) => {
    const ticket = await service.app.login.tickets.open({ browser, ip: '192.0.2.1' })
    if (!ticket.ok) throw new Error('no ticket')
    return ticket
  }
  /** As the phone of the sandbox does. */
  const scans = async (from: string, qrUrl: string | null) => {
    const response = await fetch(`${service.weixin.url}/scan`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from, ticket: ticketIn(qrUrl) }),
    })
    return response.json()
  }
  const sceneOf = async (ticket: string, browser: string) =>
    (await service.app.login.tickets.find(ticket, browser))?.scene ?? ''
  const userOf = async (openid: string) => {
    const result = await logIn(codeSaid(openid))
    if (!result.ok) throw new Error(result.reason)
    return result
  }
  /** The operator's own hands. */
  const inDatabase = async <T>(
    work: (database: ReturnType<typeof openDatabase>) => Promise<T>,
  ): Promise<T> => {
    const database = openDatabase(service.env.DATABASE_URL ?? '')
    try {
      return await work(database)
    } finally {
      await database.close()
    }
  }

  beforeAll(async () => {
    const env = { ...(await stack.openEnv()), WECHAT_ACCOUNT: 'service' }
    service = await startService(stack.engine, env, { clock })
  })
  afterAll(() => service.close())

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

  test.each(['登录不了怎么办', '登录123456', 'login please', '验证码是什么'])(
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
    const answers = said(me).slice(2)
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
    expect(secrets).toHaveLength(4)
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

  describe('with one tap in WeChat', () => {
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
      service.app.login.byOauth.finish({ ...back, browser, userAgent: 'MicroMessenger' })

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
})

/** Whatever the database holds: of SQLite the files as they are, of MariaDB every row. */
const everythingKept = async ({ env }: Service): Promise<string> => {
  const url = env.DATABASE_URL ?? ''
  if (url.startsWith('sqlite:')) {
    const folder = dirname(url.slice('sqlite:'.length))
    return readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'latin1'))
      .join('\n')
  }
  const database = openDatabase(url)
  try {
    const [tables] = await database.knex.raw('show tables')
    const rows = await Promise.all(
      (Array.isArray(tables) ? tables : []).map((row) =>
        database.knex(String(Object.values(Object(row))[0])),
      ),
    )
    return JSON.stringify(rows)
  } finally {
    await database.close()
  }
}

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
    const ticket = await tickets.open({ browser, ip: '192.0.2.1' })
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
      /^Your login code: \d{6} \(good for 5 minutes\)\. Type it on https:\/\/bot\.example only/,
    )
    const code = /\d{6}/.exec(text)?.[0] ?? ''
    expect(await byCode({ code, browser, ip: '192.0.2.1', userAgent: '' })).toMatchObject({ ok: true })
  })
})
