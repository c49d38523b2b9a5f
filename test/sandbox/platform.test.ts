import { describe, expect, test } from '@jest/globals'
import { until } from '../support/until.ts'
import { elementOf, otherCrypt, sealedReply, textReply } from './callback-server.ts'
import {
  account,
  bubbles,
  clock,
  OPENID,
  platform,
  rebuildIn,
  START,
  server,
  usePlatform,
} from './running-platform.ts'

const NOTICE = '该公众号提供的服务出现故障，请稍后再试'

usePlatform()

/** Lets `count` requests reach the server, cutting each after its five seconds. */
const sitThrough = async (count: number) => {
  for (let n = 1; n <= count; n += 1) {
    await until(() => server.pushes.length === n)
    await clock.advance(4999)
    expect(server.cuts()).toBe(n - 1)
    await clock.advance(1)
    await until(() => server.cuts() === n)
  }
}

describe('a push', () => {
  test('in plain mode is signed, names the openid and carries plain XML', async () => {
    await platform.send(OPENID, '你好 <b>')
    const [push] = server.pushes
    expect([...(push?.query.keys() ?? [])]).toEqual(['signature', 'timestamp', 'nonce', 'openid'])
    expect(push).toMatchObject({ method: 'POST', contentType: 'text/xml' })
    expect(push?.query.get('openid')).toBe(OPENID)
    expect(push?.query.get('timestamp')).toBe(String(START / 1000))
    const body = push?.body ?? ''
    expect(elementOf(body, 'ToUserName')).toBe(account.ghId)
    expect(elementOf(body, 'FromUserName')).toBe(OPENID)
    expect(elementOf(body, 'CreateTime')).toBe(String(START / 1000))
    expect(elementOf(body, 'Content')).toBe('你好 <b>')
    expect(body).toMatch(/<MsgId>\d{19}<\/MsgId>/)
    expect(Number.isSafeInteger(Number(elementOf(body, 'MsgId')))).toBe(false)
  })

  test.each(['compat', 'secure'] as const)(
    'in %s mode carries ciphertext that another codec opens',
    async (mode) => {
      rebuildIn(mode)
      await platform.send(OPENID, '密文')
      const [push] = server.pushes
      const sealed = elementOf(push?.body ?? '', 'Encrypt') ?? ''
      const query = (name: string) => push?.query.get(name) ?? ''
      const expected = otherCrypt(account).getSignature(query('timestamp'), query('nonce'), sealed)
      expect(query('msg_signature')).toBe(expected)
      expect(query('encrypt_type')).toBe('aes')
      expect(elementOf(push?.plain ?? '', 'Content')).toBe('密文')
      const inTheOpen = mode === 'compat' ? '密文' : undefined
      expect(elementOf(push?.body.replace(sealed, '') ?? '', 'Content')).toBe(inTheOpen)
      expect(elementOf(push?.body ?? '', 'ToUserName')).toBe(account.ghId)
    },
  )

  test('of a menu tap carries bizmsgmenuid', async () => {
    await platform.send(OPENID, '继续', { menuTap: 'more' })
    expect(elementOf(server.pushes[0]?.body ?? '', 'bizmsgmenuid')).toBe('more')
  })

  test('of any message keeps its own fields', async () => {
    await platform.sendMessage(OPENID, {
      MsgType: 'location',
      Location_X: 30.5,
      Location_Y: 109.25,
      Scale: 10,
      Label: '恩施',
    })
    expect(server.pushes[0]?.body).toContain('<Location_X>30.5</Location_X>')
    expect(bubbles()).toEqual(['user: [location] 恩施'])
  })

  test('keeps the query that the server URL already has', async () => {
    platform.setCallbackUrl(`${server.url}?room=7`)
    await platform.send(OPENID, 'hi')
    expect(server.pushes[0]?.query.get('room')).toBe('7')
    expect(server.pushes[0]?.query.get('signature')).toMatch(/^[0-9a-f]{40}$/)
  })

  test('checks the server URL by its echo', async () => {
    server.answer(({ query }) => query.get('echostr') ?? '')
    expect(await platform.checkUrl()).toMatchObject({ ok: true, status: 200 })
    expect(server.pushes[0]?.method).toBe('GET')
    server.answer(({ query }) => `${query.get('echostr')}\n`)
    expect(await platform.checkUrl()).toMatchObject({ ok: false })
  })
})

describe('an answer', () => {
  test('within five seconds is shown on the phone', async () => {
    server.answer(() =>
      textReply(account, OPENID, '答\n<a href="weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=1">x</a>'),
    )
    const outcome = await platform.send(OPENID, '问')
    expect(outcome).toMatchObject({ attempts: 1, replied: true, notice: false })
    const link = '<a href="weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=1">x</a>'
    expect(bubbles()).toEqual(['user: 问', `account: 答\n${link}`])
    expect(platform.phone(OPENID).messages[1]).toMatchObject({ kind: 'text', via: 'reply', at: START })
  })

  test.each(['success', ''])('of %j shows nothing and ends the retries', async (body) => {
    server.answer(() => body)
    expect(await platform.send(OPENID, '问')).toMatchObject({ attempts: 1, replied: false, notice: false })
    expect(bubbles()).toEqual(['user: 问'])
  })

  test('that never comes is asked for three times with one MsgId, then the system notice appears', async () => {
    server.answer(() => () => {})
    const sent = platform.send(OPENID, '问')
    await sitThrough(3)
    expect(await sent).toMatchObject({ attempts: 3, replied: false, notice: true })
    expect(new Set(server.pushes.map(({ body }) => body)).size).toBe(1)
    expect(new Set(server.pushes.map(({ query }) => query.get('nonce'))).size).toBe(3)
    expect(clock.now()).toBe(START + 15_000)
    expect(bubbles()).toEqual(['user: 问', `system: ${NOTICE}`])
  })

  test('to the third request is shown', async () => {
    server.answer((_, n) => (n < 3 ? () => {} : textReply(account, OPENID, '来了')))
    const sent = platform.send(OPENID, '问', { msgId: '6260957665266699303' })
    await sitThrough(2)
    expect(await sent).toMatchObject({
      msgId: '6260957665266699303',
      attempts: 3,
      replied: true,
      notice: false,
    })
    expect(server.pushes.map(({ body }) => elementOf(body, 'MsgId'))).toEqual(
      Array(3).fill('6260957665266699303'),
    )
    expect(bubbles()).toEqual(['user: 问', 'account: 来了'])
  })

  test('that stops halfway is cut as well', async () => {
    server.answer((_, n) => (response) => {
      response.write('<xml>')
      if (n === 3) response.end('</xml>')
    })
    const sent = platform.send(OPENID, '问')
    await sitThrough(2)
    expect((await sent).tries.map(({ outcome }) => outcome)).toEqual(['cut', 'cut', 'invalid'])
  })

  test('of a server that cannot be reached brings the notice after three tries', async () => {
    await server.close()
    const outcome = await platform.send(OPENID, '问')
    expect(outcome.tries.map(({ outcome }) => outcome)).toEqual(Array(3).fill('unreachable'))
    expect(outcome.notice).toBe(true)
  })

  test('to an overlapping retry is shown once, while the first request is still open', async () => {
    let first: (() => void) | undefined
    const reply = textReply(account, OPENID, '一次')
    server.answer((_, n) => (response) => {
      if (n === 1) first = () => response.end(reply)
      else {
        response.end(reply)
        first?.()
      }
    })
    const sent = platform.send(OPENID, '问', { overlap: true })
    await until(() => server.pushes.length === 1)
    await clock.advance(5000)
    expect(await sent).toMatchObject({ attempts: 2, replied: true, notice: false })
    expect(server.cuts()).toBe(0)
    expect(bubbles()).toEqual(['user: 问', 'account: 一次'])
  })

  test('to none of three overlapping requests brings the notice when all are cut', async () => {
    server.answer(() => () => {})
    const sent = platform.send(OPENID, '问', { overlap: true })
    await until(() => server.pushes.length === 1)
    await clock.advance(5000)
    await until(() => server.pushes.length === 2)
    await clock.advance(5000)
    await until(() => server.pushes.length === 3)
    expect(server.cuts()).toBe(0)
    await clock.advance(5000)
    expect(await sent).toMatchObject({ attempts: 3, notice: true })
    expect(clock.now()).toBe(START + 15_000)
  })

  const text = (content: string) => textReply(account, OPENID, content)
  test.each<[string, () => string]>([
    ['json', () => '{"ok":true}'],
    ['malformed-xml', () => '<xml><a></xml>'],
    ['stray-whitespace', () => ` ${text('x')}`],
    ['stray-whitespace', () => `${text('x')}\n`],
    ['empty-content', () => text('')],
    ['empty-content', () => text(' \n')],
    ['too-long', () => text(`${'汉'.repeat(682)}abc`)],
    ['wrong-to-user-name', () => text('x').replace(OPENID, account.ghId)],
    ['wrong-from-user-name', () => text('x').replace(account.ghId, 'gh_000000000000')],
    ['bad-fields', () => text('x').replace('1700000000', '2026-01-01')],
    ['bad-payload', () => text('x').replace('[text]', '[markdown]')],
    ['sealed-in-plain-mode', () => sealedReply(account, text('x'))],
  ])('is called faulty for %s and not asked for again', async (reason, body) => {
    server.answer(() => body())
    const outcome = await platform.send(OPENID, '问')
    expect(outcome).toMatchObject({
      attempts: 1,
      replied: false,
      notice: true,
      tries: [{ outcome: 'invalid', reason }],
    })
    expect(bubbles()).toEqual(['user: 问', `system: ${NOTICE}`])
  })

  test('of 2048 bytes still fits', async () => {
    server.answer(() => text(`${'汉'.repeat(682)}ab`))
    expect(await platform.send(OPENID, '问')).toMatchObject({ replied: true })
  })

  test('with an HTTP error is faulty', async () => {
    server.answer(() => (response) => {
      response.statusCode = 500
      response.end('success')
    })
    const outcome = await platform.send(OPENID, '问')
    expect(outcome).toMatchObject({ attempts: 1, notice: true, tries: [{ reason: 'http-500' }] })
  })

  test('in secure mode must be sealed, and a sealed one is shown', async () => {
    rebuildIn('secure')
    server.answer(() => sealedReply(account, text('密答')))
    expect(await platform.send(OPENID, '问')).toMatchObject({ replied: true })
    expect(bubbles()).toEqual(['user: 问', 'account: 密答'])
    server.answer(() => text('x'))
    expect((await platform.send(OPENID, '问')).tries).toMatchObject([{ reason: 'plain-in-secure-mode' }])
    server.answer(() => sealedReply(account, text('x')).replace(/[0-9a-f]{40}/, '0'.repeat(40)))
    expect((await platform.send(OPENID, '问')).tries).toMatchObject([{ reason: 'bad-signature' }])
    server.answer(() => sealedReply({ ...account, appId: 'wx1' }, text('x')))
    expect((await platform.send(OPENID, '问')).tries).toMatchObject([{ reason: 'wrong-app-id' }])
    server.answer(() => sealedReply(account, `${text('x')}\n`))
    expect((await platform.send(OPENID, '问')).tries).toMatchObject([{ reason: 'stray-whitespace' }])
    server.answer(() => 'success')
    expect(await platform.send(OPENID, '问')).toMatchObject({ notice: false })
  })

  test('in compat mode may be plain or sealed', async () => {
    rebuildIn('compat')
    server.answer(() => text('明'))
    expect(await platform.send(OPENID, '问')).toMatchObject({ replied: true })
    server.answer(() => sealedReply(account, text('密')))
    expect(await platform.send(OPENID, '问')).toMatchObject({ replied: true })
  })

  test('with news shows one article to a message and eight to an event', async () => {
    const item = (n: number) => `<item><Title>t${n}</Title><Url>https://a.example/${n}</Url></item>`
    const items = Array.from({ length: 9 }, (_, i) => item(i)).join('')
    const news = `<MsgType>news</MsgType><ArticleCount>9</ArticleCount><Articles>${items}</Articles>`
    server.answer(() => text('x').replace(/<MsgType>.*<\/Content>/, news))
    await platform.send(OPENID, '问')
    await platform.tapMenu(OPENID, 'HELP')
    const lines = platform
      .phone(OPENID)
      .messages.filter(({ kind }) => kind === 'news')
      .map((m) => m.text.split('\n').length)
    expect(lines).toEqual([1, 8])
  })
})

describe('events', () => {
  const events = () =>
    server.pushes.map(({ plain }) =>
      ['Event', 'EventKey', 'Ticket', 'MsgId'].map((name) => elementOf(plain, name)),
    )

  test('follow, menu tap and unfollow are pushed without a MsgId', async () => {
    await platform.follow(OPENID)
    await platform.tapMenu(OPENID, 'QUOTA')
    await platform.unfollow(OPENID)
    expect(events()).toEqual([
      ['subscribe', '', undefined, undefined],
      ['CLICK', 'QUOTA', undefined, undefined],
      ['unsubscribe', '', undefined, undefined],
    ])
    expect(platform.phone(OPENID)).toMatchObject({ following: false, messages: [] })
  })

  test('someone who left can neither write nor be shown anything', async () => {
    server.answer(() => textReply(account, OPENID, '再见'))
    expect(await platform.unfollow(OPENID)).toMatchObject({ attempts: 1, replied: false, notice: false })
    expect(await platform.send(OPENID, '问')).toMatchObject({ refused: 'not-following', attempts: 0 })
    expect(await platform.tapMenu(OPENID, 'HELP')).toMatchObject({ refused: 'not-following' })
    expect(server.pushes).toHaveLength(1)
  })

  test('a follow by scene has the qrscene_ prefix', async () => {
    await platform.follow(OPENID, 'login')
    expect(events()).toEqual([['subscribe', 'qrscene_login', undefined, undefined]])
  })
})
