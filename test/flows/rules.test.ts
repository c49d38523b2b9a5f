import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import { type Service, startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'

describe.each(stacks)('the rulebook on $name', (stack) => {
  let service: Service
  let count = 0
  const somebody = () => {
    count += 1
    return openidOf(`${stack.engine} rules ${count}`)
  }
  const said = (openid: string) =>
    service.weixin.platform.phone(openid).messages.filter(({ from }) => from === 'account')
  beforeAll(async () => {
    service = await startService(stack.engine, { ...(await stack.openEnv()), RATE_PER_MINUTE: '3' })
  })
  afterAll(() => service.close())

  test('who follows is greeted, who leaves is not spoken to', async () => {
    const { platform } = service.weixin
    const me = somebody()
    await platform.follow(me)
    expect(said(me)[0]).toMatchObject({ via: 'reply', text: expect.stringContaining('你好，我是应答') })
    expect(await platform.unfollow(me)).toMatchObject({ attempts: 1, replied: false, notice: false })
  })

  test.each(['帮助', 'help', ' HELP ', 'ｈｅｌｐ', '?', '？'])(
    '%j gets help and costs no call',
    async (word) => {
      const me = somebody()
      const calls = service.weixin.model.calls().length
      await service.weixin.platform.send(me, word)
      expect(said(me)[0]?.text).toContain('帮助')
      expect(service.weixin.model.calls().length).toBe(calls)
    },
  )

  test('the menu key HELP gets help, other keys silence', async () => {
    const me = somebody()
    await service.weixin.platform.send(me, '帮助')
    await service.weixin.platform.tapMenu(me, 'HELP')
    expect(said(me)).toHaveLength(2)
    expect(await service.weixin.platform.tapMenu(me, 'NONE')).toMatchObject({ replied: false, notice: false })
  })

  test.each([
    ['image', { MsgType: 'image', PicUrl: 'http://p', MediaId: 'm' }, '图片'],
    ['voice', { MsgType: 'voice', MediaId: 'm', Format: 'amr', Recognition: '' }, '语音'],
    ['video', { MsgType: 'video', MediaId: 'm', ThumbMediaId: 't' }, '视频'],
    ['short video', { MsgType: 'shortvideo', MediaId: 'm', ThumbMediaId: 't' }, '视频'],
    ['place', { MsgType: 'location', Location_X: '1', Location_Y: '2', Scale: '3', Label: 'L' }, '位置'],
    ['link', { MsgType: 'link', Title: 'T', Description: 'D', Url: 'http://u' }, '链接'],
    ['file', { MsgType: 'file', Title: 'T', FileKey: 'k' }, '文件'],
    ['text without text', { MsgType: 'text', Content: '  ' }, '没有收到文字'],
  ])('a %s gets a kind sentence', async (_name, fields, word) => {
    const me = somebody()
    await service.weixin.platform.sendMessage(me, fields)
    expect(said(me)).toEqual([expect.objectContaining({ text: expect.stringContaining(word) })])
  })

  test('a voice message that WeChat recognised is a question', async () => {
    const me = somebody()
    await service.weixin.platform.sendMessage(me, {
      MsgType: 'voice',
      MediaId: 'm',
      Format: 'amr',
      Recognition: '今天星期几',
    })
    expect(said(me)[0]?.text).toContain('今天星期几')
  })

  test('what is unknown is answered with success', async () => {
    const { platform } = service.weixin
    const me = somebody()
    await platform.send(me, '帮助')
    const unknown = [
      await platform.sendMessage(me, { MsgType: 'hologram' }),
      await platform.sendEvent(me, { Event: 'user_get_card', CardId: 'x' }),
      await platform.sendEvent(me, { Event: 'VIEW', EventKey: 'http://x' }),
      await platform.sendEvent(me, { Event: 'TEMPLATESENDJOBFINISH', MsgID: '1', Status: 'success' }),
    ]
    for (const outcome of unknown)
      expect(outcome).toMatchObject({ attempts: 1, replied: false, notice: false })
  })

  test('the fourth question in a minute is asked to wait, a command is not', async () => {
    const { platform } = service.weixin
    const me = somebody()
    for (const text of ['一', '二', '三', '四']) await platform.send(me, text)
    await platform.send(me, '帮助')
    const texts = said(me).map(({ text }) => text)
    expect(texts[3]).toMatch(/请过 \d+ 秒再试/)
    expect(texts[4]).toContain('帮助')
  })
})

test('the bot speaks English when it is told to', async () => {
  const service = await startService('sqlite', { LOCALE: 'en', AI_LABEL: 'off' })
  const { platform } = service.weixin
  const me = openidOf('english')
  await platform.follow(me)
  await platform.send(me, 'help')
  await platform.send(me, 'fail 500')
  await platform.send(me, 'hello there')
  const texts = platform.phone(me).messages.flatMap(({ from, text }) => (from === 'account' ? [text] : []))
  expect(texts[0]).toContain('Yingda')
  expect(texts[1]).toContain('Type a question')
  expect(texts[2]).toMatch(/Sorry.*code [0-9A-Z]{8}/)
  expect(texts[3]).not.toContain('AI-generated')
  await service.close()
})
