import { describe, expect, test } from '@jest/globals'
import { call, clock, OPENID, platform, push, SEND, typing, usePlatform } from './running-platform.ts'

usePlatform()

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
