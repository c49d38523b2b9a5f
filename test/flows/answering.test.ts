import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/infra/db/database.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { type Service, startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'
import { until } from '../support/until.ts'

const LABEL = '（内容由 AI 生成）'

describe.each(stacks)('a question on $name', (stack) => {
  let service: Service
  let count = 0
  const somebody = () => {
    count += 1
    return openidOf(`${stack.engine} user ${count}`)
  }
  const phone = (openid: string) => service.weixin.platform.phone(openid).messages
  const said = (openid: string) => phone(openid).filter(({ from }) => from === 'account')
  beforeAll(async () => {
    service = await startService(stack.engine, await stack.openEnv())
  })
  afterAll(() => service.close())

  test.each(['plain', 'compat', 'secure'] as const)('is answered at once in %s mode', async (mode) => {
    const { platform } = service.weixin
    const me = somebody()
    if (mode === 'plain') await service.restart({ WECHAT_ALLOW_PLAIN: '1' })
    platform.setMode(mode)
    const outcome = await platform.send(me, '你好，世界 😀')
    expect(outcome).toMatchObject({ attempts: 1, replied: true, notice: false })
    const [answer] = said(me)
    expect(answer).toMatchObject({ via: 'reply' })
    expect(answer?.text).toContain('你好，世界 😀')
    expect(answer?.text.endsWith(LABEL)).toBe(true)
  })

  test('that takes longer is answered with success, a typing indicator, then a push', async () => {
    const { platform } = service.weixin
    const me = somebody()
    const outcome = await platform.send(me, '慢 1.6')
    expect(outcome).toMatchObject({ attempts: 1, replied: false, notice: false })
    await until(() => platform.phone(me).typing)
    const answer = await platform.waitFor(me, ({ from }) => from === 'account')
    expect(answer).toMatchObject({ via: 'push', text: expect.stringContaining('慢 1.6') })
    expect(said(me)).toHaveLength(1)
  })

  test('with a long answer gets all of it, in order, in parts that WeChat takes', async () => {
    const { platform } = service.weixin
    const me = somebody()
    await platform.send(me, '长 2400')
    await platform.waitFor(me, ({ text }) => text.endsWith(LABEL))
    const parts = said(me).map(({ text }) => text)
    expect(parts.length).toBeGreaterThan(1)
    expect(parts.every((part) => Buffer.byteLength(part) <= 2000)).toBe(true)
    const numbers = [...parts.join('').matchAll(/(\d+)/g)].map(([, number]) => Number(number))
    expect(parts.join('').replaceAll(/\s/g, '').length).toBeGreaterThan(2300)
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    expect(said(me).every(({ via }) => via === 'push')).toBe(true)
  })

  test('is answered with what was said before in mind', async () => {
    const { platform } = service.weixin
    const me = somebody()
    await platform.send(me, '我的名字是小应')
    await platform.send(me, '历史')
    expect(said(me)[1]?.text).toContain('我的名字是小应')
    const other = somebody()
    await platform.send(other, '历史')
    expect(said(other)[0]?.text).not.toContain('小应')
  })

  test.each(['思考', '推理'])('never shows the reasoning (%s)', async (phrase) => {
    const me = somebody()
    await service.weixin.platform.send(me, phrase)
    const [answer] = said(me)
    expect(answer?.text).toBeTruthy()
    expect(answer?.text).not.toMatch(/think>/)
    const calls = service.weixin.model.calls()
    expect(calls.length).toBeGreaterThan(0)
    expect(answer?.text.startsWith(LABEL)).toBe(false)
  })

  test('gets Markdown as plain text', async () => {
    const me = somebody()
    await service.weixin.platform.send(me, '表格')
    await service.weixin.platform.waitFor(me, ({ text }) => text.endsWith(LABEL))
    const text = said(me)
      .map((bubble) => bubble.text)
      .join('\n')
    expect(text).not.toMatch(/\*\*|^#|```|\|---/m)
  })

  test.each(['失败 500', '失败 401', '空', '断开 长 0'])(
    'whose model fails (%s) gets an apology with a code',
    async (phrase) => {
      const { platform } = service.weixin
      const me = somebody()
      await platform.send(me, phrase)
      const answer = await platform.waitFor(me, ({ from }) => from === 'account')
      if (phrase.startsWith('断开')) return
      expect(answer.text).toMatch(/抱歉.*代码 [0-9A-Z]{8}/)
      expect(answer.text).not.toMatch(/error|500|401/i)
      const code = answer.text.match(/代码 ([0-9A-Z]{8})/)?.[1]
      const line = service.lines.find(({ fields }) => 'refusalCode' in fields && fields.refusalCode === code)
      expect(line).toMatchObject({ level: 'error' })
    },
  )

  test('whose model breaks off keeps what was said', async () => {
    const { platform } = service.weixin
    const me = somebody()
    await platform.send(me, '断开 长 400')
    const answer = await platform.waitFor(me, ({ from }) => from === 'account')
    expect(answer.text).toMatch(/中断了/)
  })

  test('of two users with the same MsgId gets two answers', async () => {
    const { platform } = service.weixin
    const [one, two] = [somebody(), somebody()]
    await Promise.all([
      platform.send(one, '一', { msgId: '7000000000000000001' }),
      platform.send(two, '二', { msgId: '7000000000000000001' }),
    ])
    expect(said(one)).toHaveLength(1)
    expect(said(two)).toHaveLength(1)
  })

  test('that is sent again is never a new one, and gets the same answer', async () => {
    const { platform } = service.weixin
    const me = somebody()
    const asked = service.weixin.model.calls().length
    const first = await platform.send(me, '只问一次', { msgId: '7000000000000000002' })
    const again = await platform.send(me, '只问一次', { msgId: '7000000000000000002' })
    expect([first.replied, again.replied]).toEqual([true, true])
    const texts = said(me).map(({ text }) => text)
    expect(texts[0]).toBe(texts[1])
    expect(service.weixin.model.calls().length).toBe(asked + 1)
  })

  test('that is sent again while it is being answered costs one call and is answered once', async () => {
    const { platform } = service.weixin
    const me = somebody()
    const asked = service.weixin.model.calls().length
    const msgId = '7000000000000000003'
    await Promise.all([1, 2, 3].map(() => platform.send(me, '慢 1.4 同时', { msgId })))
    await platform.waitFor(me, ({ from }) => from === 'account')
    expect(service.weixin.model.calls().length).toBe(asked + 1)
    expect(said(me).filter(({ via }) => via === 'push')).toHaveLength(1)
  })

  test('is pushed though the token expired and parts were refused in passing', async () => {
    const { platform } = service.weixin
    const me = somebody()
    platform.expireTokens()
    platform.failNext('/cgi-bin/message/custom/send', -1)
    await platform.send(me, '慢 1.2')
    await platform.waitFor(me, ({ from }) => from === 'account')
    expect(said(me)).toHaveLength(1)
  })

  test('that was accepted before a stop is answered after the start', async () => {
    const { platform } = service.weixin
    const me = somebody()
    const database = openDatabase(service.env.DATABASE_URL ?? '')
    try {
      await platform.send(me, '第一句')
      await service.stop()
      const user = await database.knex('users').where({ openid: me }).first()
      const turn = {
        id: 'trn_00000000000000000000000000',
        user_id: user.id,
        conversation_id: user.conversation_id,
      }
      await database.knex('turns').insert({
        ...turn,
        message_key: 'm:lost',
        status: 'received',
        question: '丢了吗',
        created_at: Date.now(),
      })
      await database.knex('deliveries').insert({ turn_id: turn.id, status: 'late', due_at: 0, updated_at: 0 })
      await service.restart()
      const answer = await platform.waitFor(
        me,
        ({ text, from }) => from === 'account' && text.includes('丢了吗'),
      )
      expect(answer.via).toBe('push')
    } finally {
      await database.close()
    }
  })

  test('leaves no secret and no OpenID in the log', () => {
    const log = JSON.stringify(service.lines)
    const { appSecret, token, aesKey } = service.weixin.platform.account
    for (const secret of [appSecret, token, aesKey, 'test-key', '我的名字是小应'])
      expect(log).not.toContain(secret)
    expect(service.lines.length).toBeGreaterThan(0)
  })
})
