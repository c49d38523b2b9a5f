import { describe, expect, test } from '@jest/globals'
import { elementOf, sealedReply, textReply } from './callback-server.ts'
import {
  account,
  bubbles,
  call,
  clock,
  freshToken,
  OPENID,
  platform,
  push,
  rebuildIn,
  SEND,
  server,
  stable,
  usePlatform,
} from './running-platform.ts'

usePlatform()

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
    rebuildIn('secure')
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
