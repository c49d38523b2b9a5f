import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createCardKeys } from '../../src/quota/card-key.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { KEYS } from '../conversation/secrets/keys.ts'
import { everythingKept } from '../support/everything-kept.ts'
import { createPageClient, logIn, type PageClient, readDescription } from '../support/page-client.ts'
import { type Service, startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'

const SECRET = Buffer.alloc(32, 7)
const cardKeys = createCardKeys({ current: SECRET, previous: [] })
const GOOD_KEY = 'sk-good-0123456789abcdef'

const channelsAt = (baseUrl: string) => `channels:
  - code: main
    baseUrl: ${baseUrl}
    apiKeys: [test-key]
    models: { small: {} }
    ownKeys: true
`

describe.each(stacks)('a secret in what somebody writes, on $name', (stack) => {
  let service: Service
  let page: PageClient
  let conversation = ''
  const dir = mkdtempSync(join(tmpdir(), 'yingda-secrets-'))
  let count = 0
  const somebody = () => {
    count += 1
    return openidOf(`${stack.engine} secrets ${count}`)
  }
  const used: string[] = []
  const card = () => {
    count += 1
    const key = cardKeys.seal({ batch: 78, serial: count, calls: 50, days: 30, redeemBy: undefined })
    used.push(key)
    return key
  }
  const tell = async (openid: string, text: string): Promise<string> => {
    const { platform } = service.weixin
    await platform.send(openid, text)
    return (
      platform
        .phone(openid)
        .messages.filter(({ from }) => from === 'account')
        .at(-1)?.text ?? ''
    )
  }
  const askedOf = (from: number) =>
    service.weixin.model
      .calls()
      .slice(from)
      .flatMap(({ messages }) => messages.map(({ text }) => text))
  const callsSoFar = () => service.weixin.model.calls().length

  beforeAll(async () => {
    const env = await stack.openEnv()
    service = await startService(stack.engine, (weixin) => {
      writeFileSync(join(dir, 'channels.yaml'), channelsAt(weixin.modelBase))
      return {
        ...env,
        TRIAL_CALLS: '4',
        APP_SECRET: SECRET.toString('base64'),
        CHANNELS_FILE: join(dir, 'channels.yaml'),
        OPENAI_API_KEY: '',
        OPENAI_MODEL: '',
        OPENAI_BASE_URL: '',
        WECHAT_ACCOUNT: 'service',
        WECHAT_REPLY_BUDGET_MS: '4500',
        LOG_LEVEL: 'debug',
      }
    })
    page = createPageClient(service.url, await readDescription(service.url))
    await logIn(page, service.weixin, openidOf(`${stack.engine} secrets on the page`))
    conversation = (await page.call('GET', '/api/me')).body.conversationId
  }, 60_000)
  afterAll(async () => {
    await service.close()
    rmSync(dir, { recursive: true, force: true })
  })

  test.each([
    (key: string) => `兑换${key}`,
    (key: string) => `卡密：${key}`,
    (key: string) => `兑换码：${key}`,
    (key: string) => `【${key}】`,
    (key: string) => `您购买的卡密为：${key}，请勿外泄`,
    (key: string) => `订单号20260101 卡密 ${key}`,
    (key: string) => `我要兑换 ${key.toLowerCase().replaceAll('-', '\n')}。`,
  ])('a card is redeemed as it was pasted: %s', async (paste) => {
    const [me, calls] = [somebody(), callsSoFar()]
    expect(await tell(me, paste(card()))).toContain('54')
    expect(callsSoFar()).toBe(calls)
  })

  test('words beside a card are not asked, which is said; several cards are redeemed together', async () => {
    const [me, calls] = [somebody(), callsSoFar()]
    const first = await tell(me, `${card()} 顺便问一下，明天会下雨吗`)
    expect(first).toContain('54')
    expect(first).toContain('没有当作问题')
    const both = await tell(me, `卡密1：${card()}\n卡密2：${card()}\n卡密3：${used[0] ?? ''}`)
    expect(both).toContain('2 张')
    expect(both).toContain('154')
    expect(both).toContain('不能兑换')
    expect(callsSoFar()).toBe(calls)
  })

  test('guesses at a card in a sentence are counted like all others', async () => {
    const me = somebody()
    const forged = createCardKeys({ current: Buffer.alloc(32, 9), previous: [] })
    for (let serial = 0; serial < 10; serial += 1)
      expect(
        await tell(
          me,
          `您的卡密是：${forged.seal({ batch: 1, serial, calls: 9, days: undefined, redeemBy: undefined })}，谢谢`,
        ),
      ).toContain('不能兑换')
    expect(await tell(me, `您的卡密是：${card()}`)).toContain('分钟')
  })

  test.each([
    `绑定${GOOD_KEY}`,
    `绑定key：${GOOD_KEY}`,
    `我要绑定 ${GOOD_KEY}`,
    `绑定${GOOD_KEY}，谢谢`,
    `绑定：“${GOOD_KEY}”。`,
    `我的key是${GOOD_KEY}`,
    `绑定 main ${GOOD_KEY}。`,
    `绑定 API_KEY ${GOOD_KEY}`,
    `绑定 ${GOOD_KEY} ${GOOD_KEY}`,
    `请帮我绑定 main 的密钥 ${GOOD_KEY} 谢谢`,
    GOOD_KEY.replace(/[!-~]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0)),
  ])('a key is bound as it was written: %s', async (text) => {
    const [me, calls] = [somebody(), callsSoFar()]
    expect(await tell(me, text)).toContain('绑定成功')
    // Tried once, by a word of ours.
    expect(askedOf(calls).join()).not.toContain('sk-')
    expect(await tell(me, '额度')).toContain('cdef')
  })

  test('a key in a question, or one that belongs to another provider, is not bound: how to is told, for nothing', async () => {
    const [me, calls] = [somebody(), callsSoFar()]
    const others = Object.entries(KEYS).filter(([, key]) => !key.startsWith('sk-'))
    for (const text of [
      `为什么 ${GOOD_KEY} 总是报 401？`,
      `解绑 ${GOOD_KEY}`,
      `兑换 ${GOOD_KEY}`,
      ...others.map(([, key]) => key),
    ]) {
      const told = await tell(me, text)
      expect([text, told]).toEqual([text, expect.stringContaining('没有把它发给 AI')])
      expect(told).toContain('绑定')
    }
    expect(callsSoFar()).toBe(calls)
    expect(await tell(me, '额度')).toContain('4')
  })

  test('the page’s composer refuses every one of them, with a code and where to go', async () => {
    const calls = callsSoFar()
    const ask = (text: string) => page.call('POST', `/api/conversations/${conversation}/turns`, { text })
    for (const text of [card(), `兑换${card()}`, `您购买的卡密为：${card()}，请勿外泄`])
      expect(await ask(text)).toMatchObject({
        status: 422,
        body: { code: 'card-in-text', detail: expect.stringContaining('我的账号') },
      })
    const texts = ['', '绑定 ', '绑定', '我的key是', '为什么这个不行？'].map(
      (before) => `${before}${GOOD_KEY}`,
    )
    for (const text of [...texts, ...Object.values(KEYS)])
      expect(await ask(text)).toMatchObject({
        status: 422,
        body: { code: 'key-in-text', detail: expect.stringContaining('我的账号') },
      })
    for (const text of [`看看 ${GOOD_KEY}`, `看看 ${GOOD_KEY}`, `卡密 ${card()}`]) {
      const again = { 'idempotency-key': 'the-very-same-act' }
      const asked = await page.call('POST', `/api/conversations/${conversation}/turns`, { text }, again)
      expect(asked.status).toBe(422)
    }
    expect(callsSoFar()).toBe(calls)
    expect((await page.call('GET', '/api/me')).body.quota.remaining).toBe(4)
    expect((await page.call('GET', `/api/conversations/${conversation}/turns`)).body).toEqual([])
  })

  test('a title and the name of a model keep none of them either', async () => {
    const path = `/api/conversations/${conversation}`
    expect((await page.call('PATCH', path, { title: `我的 ${card()}` })).body.code).toBe('card-in-text')
    expect((await page.call('POST', '/api/conversations', { title: GOOD_KEY })).body.code).toBe('key-in-text')
    const asked = await page.call('POST', `${path}/turns`, { text: '在吗', model: GOOD_KEY })
    expect(asked.body.code).toBe('model-unavailable')
    expect(await tell(somebody(), `模型 ${GOOD_KEY}`)).not.toContain(GOOD_KEY)
  })

  test('what is spoken, linked, tapped or asked for by address is looked at and kept nowhere as well', async () => {
    const [me, calls] = [somebody(), callsSoFar()]
    const { platform } = service.weixin
    const said = () => platform.phone(me).messages.at(-1)?.text
    await platform.sendMessage(me, {
      MsgType: 'voice',
      MediaId: 'm',
      Format: 'amr',
      Recognition: `为什么我的 key ${GOOD_KEY} 不能用？`,
    })
    expect(said()).toContain('没有把它发给 AI')
    await platform.sendMessage(me, {
      MsgType: 'voice',
      MediaId: 'm',
      Format: 'amr',
      Recognition: `帮我兑换，卡密是${card()}。`,
    })
    expect(said()).toContain('54')
    await platform.sendMessage(me, {
      MsgType: 'link',
      Title: GOOD_KEY,
      Description: `卡密 ${card()}`,
      Url: `https://example.com/?key=${GOOD_KEY}`,
    })
    expect(said()).toContain('链接')
    await platform.sendMessage(me, { MsgType: 'location', Label: GOOD_KEY })
    await platform.tapMenu(me, GOOD_KEY)
    for (const path of [`/api/me?key=${GOOD_KEY}`, `/api/conversations/${GOOD_KEY}/turns`, `/${GOOD_KEY}`])
      await page.call('GET', path)
    await page.call('POST', '/api/conversations', { title: '好', [GOOD_KEY]: 1 })
    expect(callsSoFar()).toBe(calls)
  })

  test('the fields of the page take a whole message as well', async () => {
    const shop = `【自动发货】您好，您的订单 2026112512345678 卡密：${card()}，请在公众号或网页兑换。${'如有问题请联系客服。'.repeat(30)}`
    expect(await page.call('POST', '/api/cards/redeem', { key: shop })).toMatchObject({
      status: 200,
      body: { calls: 50 },
    })
    for (const key of [`OPENAI_API_KEY="${GOOD_KEY}"`, `API Key：${GOOD_KEY}。`, `Bearer ${GOOD_KEY}`])
      expect(await page.call('PUT', '/api/own-key', { channel: 'main', key })).toMatchObject({
        status: 200,
        body: { tail: 'cdef' },
      })
  })

  test('none of them is in the database, an export or the log', async () => {
    const exported = (await page.call('GET', '/api/export')).text
    const kept = [exported, await everythingKept(service), JSON.stringify(service.lines)].join('\n')
    const bare = used.map((key) => key.replaceAll('-', ''))
    for (const secret of [GOOD_KEY, ...Object.values(KEYS), ...used, ...bare])
      expect(kept).not.toContain(secret)
  })
})
