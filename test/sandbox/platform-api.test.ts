import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Account, createSandboxAccount, type Mode } from '../../src/sandbox/account.ts'
import { createPlatform, type Platform } from '../../src/sandbox/platform.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'
import {
  type CallbackServer,
  elementOf,
  sealedReply,
  startCallbackServer,
  textReply,
} from './callback-server.ts'

const OPENID = 'oSandboxUserNumberOne_000001'
const START = 1_760_000_000_000

let account: Account
let clock: ManualClock
let server: CallbackServer
let platform: Platform

const build = (mode: Mode) =>
  createPlatform({
    account,
    kind: 'service',
    mode,
    callbackUrl: server.url,
    clock,
    random: randomBytes,
    fetch,
  })

beforeEach(async () => {
  account = createSandboxAccount(randomBytes)
  clock = createManualClock(START)
  server = await startCallbackServer(account)
  platform = build('plain')
})

afterEach(() => server.close())

const bubbles = () => platform.phone(OPENID).messages.map(({ from, text }) => `${from}: ${text}`)

/** A call of the WeChat API; the token is fetched unless one is given. */
const call = (path: string, body: unknown, token: string | null = freshToken(), method = 'POST') => {
  const query = new URLSearchParams(token === null ? {} : { access_token: token })
  const answer = platform.api({
    method,
    path,
    query,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  if (answer === 'no-answer') return answer
  return answer.status === 200 ? JSON.parse(answer.body) : { status: answer.status }
}

const stable = (more: object = {}) => {
  const { appId: appid, appSecret: secret } = account
  return call('/cgi-bin/stable_token', { grant_type: 'client_credential', appid, secret, ...more }, null)
}

const freshToken = (): string => stable().access_token

const SEND = '/cgi-bin/message/custom/send'
const push = (content = '推', token?: string) =>
  call(SEND, { touser: OPENID, msgtype: 'text', text: { content } }, token).errcode
const typing = (command = 'Typing') =>
  call('/cgi-bin/message/custom/typing', { touser: OPENID, command }).errcode

describe('the stable token', () => {
  test('stays the same until five minutes before its end; then both are good for five minutes', async () => {
    const first = stable()
    expect(first).toMatchObject({ expires_in: 7200 })
    await clock.advance(6900_000 - 1)
    expect(stable()).toMatchObject({ access_token: first.access_token, expires_in: 300 })
    await clock.advance(1)
    const second = stable()
    expect(second.access_token).not.toBe(first.access_token)
    expect(second.expires_in).toBe(7200)
    await platform.send(OPENID, '问')
    await clock.advance(300_000 - 1)
    expect(push('a', first.access_token)).toBe(0)
    await clock.advance(1)
    expect(push('b', first.access_token)).toBe(42001)
    expect(push('c', second.access_token)).toBe(0)
  })

  test('kills its predecessor when forced, but not twice within thirty seconds', async () => {
    await platform.send(OPENID, '问')
    const first = freshToken()
    const forced = stable({ force_refresh: true }).access_token
    expect(forced).not.toBe(first)
    expect(push('a', first)).toBe(40001)
    await clock.advance(29_999)
    expect(stable({ force_refresh: true }).access_token).toBe(forced)
    await clock.advance(1)
    expect(stable({ force_refresh: true }).access_token).not.toBe(forced)
  })

  test('can be forced twenty times a day', async () => {
    for (let n = 1; n <= 20; n += 1) {
      expect(stable({ force_refresh: true }).errcode).toBeUndefined()
      await clock.advance(30_000)
    }
    expect(stable({ force_refresh: true }).errcode).toBe(45009)
    expect(stable().errcode).toBeUndefined()
  })

  test('is refused to wrong credentials', () => {
    expect(stable({ appid: 'wx0' }).errcode).toBe(40013)
    expect(stable({ secret: 'short' }).errcode).toBe(40125)
    expect(stable({ secret: '0'.repeat(32) }).errcode).toBe(40001)
    expect(stable({ grant_type: 'x' }).errcode).toBe(40002)
    expect(call('/cgi-bin/stable_token', '', null, 'GET').errcode).toBe(43002)
  })

  test('is apart from the classic one, which changes with each call and lives on for five minutes', async () => {
    const { appId, appSecret } = account
    const query = new URLSearchParams({ grant_type: 'client_credential', appid: appId, secret: appSecret })
    const classic = () => {
      const answer = platform.api({ method: 'GET', path: '/cgi-bin/token', query, body: '' })
      return answer === 'no-answer' ? '' : JSON.parse(answer.body).access_token
    }
    await platform.send(OPENID, '问')
    const kept = freshToken()
    const first = classic()
    const second = classic()
    expect(new Set([kept, first, second]).size).toBe(3)
    expect(push('a', first)).toBe(0)
    await clock.advance(300_000)
    expect([push('b', first), push('c', second), push('d', kept)]).toEqual([42001, 0, 0])
  })

  test('that is missing, malformed, unknown or expired has a code of its own', () => {
    expect(call(SEND, {}, null).errcode).toBe(41001)
    expect(call(SEND, {}, 'x').errcode).toBe(40014)
    expect(call(SEND, {}, `68_${'a'.repeat(200)}`).errcode).toBe(40001)
    const token = freshToken()
    platform.expireTokens()
    expect(call(SEND, {}, token).errcode).toBe(42001)
    expect(freshToken()).not.toBe(token)
  })
})

describe('customer-service messages', () => {
  test('five follow a message, another message renews them, and none adds up', async () => {
    await platform.send(OPENID, '一')
    await platform.send(OPENID, '二')
    expect(Array.from({ length: 6 }, () => push())).toEqual([0, 0, 0, 0, 0, 45047])
    await platform.send(OPENID, '三')
    expect(push('再推')).toBe(0)
    expect(platform.phone(OPENID).messages.at(-1)).toMatchObject({
      from: 'account',
      text: '再推',
      via: 'push',
    })
  })

  test('end forty-eight hours after the message', async () => {
    await platform.send(OPENID, '一')
    await clock.advance(48 * 3_600_000 - 1)
    expect(push()).toBe(0)
    await clock.advance(1)
    expect(push()).toBe(45015)
  })

  test.each<[string, () => Promise<unknown>]>([
    ['a follow', () => platform.follow(OPENID)],
    ['a menu tap', () => platform.tapMenu(OPENID, 'HELP')],
    ['a tapped link', () => platform.send(OPENID, '继续', { menuTap: '1' })],
  ])('three follow %s, within a minute', async (_, act) => {
    await act()
    expect(Array.from({ length: 4 }, () => push())).toEqual([0, 0, 0, 45047])
    await act()
    await clock.advance(59_999)
    expect(push()).toBe(0)
    await clock.advance(1)
    expect(push()).toBe(45015)
  })

  test('reach nobody unknown, nobody who left and nobody from an unverified account', async () => {
    expect(push()).toBe(40003)
    await platform.send(OPENID, '一')
    platform.setKind('unverified')
    expect([push(), typing()]).toEqual([48001, 48001])
    platform.setKind('verified')
    expect(push()).toBe(0)
    await platform.unfollow(OPENID)
    expect([push(), typing()]).toEqual([45015, 45080])
  })

  test('are refused for their content without using up the allowance', async () => {
    await platform.send(OPENID, '一')
    const send = (body: unknown) => call(SEND, body).errcode
    expect(push('汉'.repeat(683))).toBe(45002)
    expect(push('')).toBe(44004)
    expect(send('{')).toBe(47001)
    expect(send('[]')).toBe(47001)
    expect(send('')).toBe(44002)
    expect(send(`{"touser":"${OPENID}","msgtype":"text","text":{"content":"\\u4f60"}}`)).toBe(40033)
    expect(send({ touser: OPENID, msgtype: 'markdown', markdown: {} })).toBe(40008)
    const article = { title: 't', url: 'https://a.example' }
    expect(send({ touser: OPENID, msgtype: 'news', news: { articles: [article, article] } })).toBe(45008)
    expect(Array.from({ length: 5 }, () => push('C:\\users'))).toEqual([0, 0, 0, 0, 0])
  })

  test('carry the label of AI and menus as links', async () => {
    await platform.send(OPENID, '一')
    const list = [{ id: '7', content: '继续' }]
    const msgmenu = { head_content: '还有', list, tail_content: '完' }
    call(SEND, { touser: OPENID, msgtype: 'msgmenu', msgmenu, aimsgcontext: { is_ai_msg: 1 } })
    const link = '<a href="weixin://bizmsgmenu?msgmenucontent=%E7%BB%A7%E7%BB%AD&msgmenuid=7">继续</a>'
    expect(platform.phone(OPENID).messages.at(-1)).toMatchObject({ aiLabel: true, text: `还有\n${link}\n完` })
  })

  test('can be waited for', async () => {
    await platform.send(OPENID, '一')
    const waited = platform.waitFor(OPENID, ({ via, text }) => via === 'push' && text === '二')
    push('一')
    push('二')
    expect(await waited).toMatchObject({ text: '二' })
    expect(await platform.waitFor(OPENID, ({ via }) => via === 'push')).toMatchObject({ text: '一' })
  })
})

describe('the typing sign', () => {
  test('shows for fifteen seconds, cannot be sent again meanwhile, and ends with a message', async () => {
    await platform.send(OPENID, '一')
    expect([typing(), typing()]).toEqual([0, 45081])
    await clock.advance(14_999)
    expect(platform.phone(OPENID).typing).toBe(true)
    await clock.advance(1)
    expect(platform.phone(OPENID).typing).toBe(false)
    expect(typing()).toBe(0)
    push()
    expect(platform.phone(OPENID).typing).toBe(false)
    expect([typing(), typing('CancelTyping'), typing()]).toEqual([0, 0, 0])
  })

  test('needs a message of the last thirty seconds and a known command', async () => {
    expect(typing()).toBe(40003)
    await platform.follow(OPENID)
    expect(typing()).toBe(45080)
    await platform.send(OPENID, '一')
    expect(typing('Dance')).toBe(45072)
    await clock.advance(30_000)
    expect(typing()).toBe(0)
    await clock.advance(15_001)
    expect(typing()).toBe(45080)
  })
})

describe('scene codes', () => {
  const create = (body: object) => call('/cgi-bin/qrcode/create', body)
  const scene = (scene_str: string) => ({
    action_name: 'QR_STR_SCENE',
    action_info: { scene: { scene_str } },
  })

  test('are scanned by a follower as SCAN, by a stranger as subscribe, until they expire', async () => {
    const { ticket, expire_seconds, url } = create({ ...scene('login-1'), expire_seconds: 120 })
    expect(expire_seconds).toBe(120)
    await platform.send(OPENID, '先来')
    await platform.scan(OPENID, ticket)
    await platform.unfollow(OPENID)
    await platform.scan(OPENID, url)
    const keys = server.pushes.map(
      ({ plain }) => `${elementOf(plain, 'Event')} ${elementOf(plain, 'EventKey')}`,
    )
    expect(keys).toEqual(['undefined undefined', 'SCAN login-1', 'unsubscribe ', 'subscribe qrscene_login-1'])
    expect(server.pushes.map(({ plain }) => elementOf(plain, 'Ticket'))).toEqual([
      undefined,
      ticket,
      undefined,
      ticket,
    ])
    expect(platform.phone(OPENID).following).toBe(true)
    await clock.advance(119_999)
    expect(platform.showQrCode(ticket)).toContain(`data-ticket="${ticket}"`)
    await clock.advance(1)
    expect(await platform.scan(OPENID, ticket)).toMatchObject({ refused: 'expired-ticket' })
    expect(platform.showQrCode(ticket)).toBeUndefined()
    expect(await platform.scan(OPENID, 'nonsense')).toMatchObject({ refused: 'unknown-ticket' })
  })

  test('live sixty seconds by default, thirty days at most, and for ever when permanent', async () => {
    expect(create(scene('a'))).toMatchObject({ expire_seconds: 60 })
    expect(create({ ...scene('a'), expire_seconds: 9_999_999 })).toMatchObject({ expire_seconds: 2_592_000 })
    const limited = create({ action_name: 'QR_LIMIT_SCENE', action_info: { scene: { scene_id: 100_000 } } })
    expect(limited.expire_seconds).toBeUndefined()
    await clock.advance(3_000_000_000)
    expect(platform.showQrCode(limited.ticket)).toBeDefined()
  })

  test.each([
    [40052, { ...scene('a'), action_name: 'QR' }],
    [40053, scene('')],
    [40053, scene('x'.repeat(65))],
    [40053, { action_name: 'QR_SCENE', action_info: { scene: { scene_id: 0 } } }],
    [40053, { action_name: 'QR_LIMIT_SCENE', action_info: { scene: { scene_id: 100_001 } } }],
    [40053, { action_name: 'QR_SCENE' }],
  ])('are refused with %i for %j', (errcode, body) => {
    expect(create(body).errcode).toBe(errcode)
  })

  test.each(['verified', 'unverified'] as const)('are not granted to a %s account', (kind) => {
    platform.setKind(kind)
    expect(create(scene('a')).errcode).toBe(48001)
  })
})

describe('the API', () => {
  test('ends every error text with a request id', () => {
    expect(call(SEND, {}, null).errmsg).toMatch(
      /^access_token missing rid: [0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}$/,
    )
    expect(call('/cgi-bin/nowhere', {}).errcode).toBe(40066)
  })

  test('keeps a custom menu', () => {
    expect(call('/cgi-bin/menu/get', '', freshToken(), 'GET').errcode).toBe(46003)
    const button = [{ type: 'click', name: '额度', key: 'QUOTA' }]
    expect(call('/cgi-bin/menu/create', { button }).errcode).toBe(0)
    expect(call('/cgi-bin/menu/get', '', freshToken(), 'GET')).toEqual({ menu: { button } })
    expect(call('/cgi-bin/menu/create', { button: [] }).errcode).toBe(40016)
    expect(call('/cgi-bin/menu/delete', '', freshToken(), 'GET').errcode).toBe(0)
    expect(call('/cgi-bin/menu/get', '', freshToken(), 'GET').errcode).toBe(46003)
  })

  test('fails as told, as often as told, in the order told', async () => {
    await platform.send(OPENID, '一')
    platform.failNext(SEND, -1, 2)
    platform.failNext(SEND, 'http-500')
    platform.failNext(SEND, 'timeout')
    platform.failNext(SEND, 'lost-answer')
    const send = (content: string) => call(SEND, { touser: OPENID, msgtype: 'text', text: { content } })
    expect([send('a').errcode, send('b').errcode, send('c').status]).toEqual([-1, -1, 500])
    expect([send('d'), send('e'), send('f').errcode]).toEqual(['no-answer', 'no-answer', 0])
    expect(bubbles()).toEqual(['user: 一', 'account: e', 'account: f'])
  })
})

describe('the wire log', () => {
  test('shows both directions readable and sealed, and no secret', async () => {
    platform = build('secure')
    server.answer(() => sealedReply(account, textReply(account, OPENID, '密答')))
    await platform.send(OPENID, '密问')
    const token = freshToken()
    push('推', token)
    const log = platform.wire()
    expect(log.map(({ direction }) => direction)).toEqual([
      'to-app',
      'from-app',
      'from-app',
      'to-app',
      'from-app',
      'to-app',
    ])
    expect(log[0]?.plain).toContain('密问')
    expect(log[0]?.cipher).toContain('<Encrypt>')
    expect(log[1]?.plain).toContain('密答')
    const all = JSON.stringify(log)
    expect(all).not.toContain(account.appSecret)
    expect(all).not.toContain(token.slice(0, 20))
  })

  test('keeps the last three hundred entries', async () => {
    for (let n = 0; n < 200; n += 1) call(SEND, {}, null)
    const ids = platform.wire().map(({ id }) => id)
    expect([ids.length, ids[0], ids.at(-1)]).toEqual([300, 101, 400])
  })
})
