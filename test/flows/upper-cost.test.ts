import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createTokenCounter } from '../../src/infra/llm/count-tokens.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createPageClient, logIn, readDescription } from '../support/page-client.ts'
import { type Service, startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'
import { until } from '../support/until.ts'

const LONG = '为什么天空是蓝色的，请从光的散射讲起。'.repeat(30)
const CONTEXT = 400

describe.each(stacks)('what a call can cost at most, on $name', (stack) => {
  let service: Service
  let dir = ''
  const count = createTokenCounter()

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'yingda-cost-'))
    const noShortcut = { OPENAI_API_KEY: '', OPENAI_BASE_URL: '', OPENAI_MODEL: '' }
    service = await startService(stack.engine, ({ modelBase }) => {
      const channel = { baseUrl: modelBase, apiKeys: ['k'] }
      const small = { contextTokens: CONTEXT, maxTokens: 50 }
      const channels = [
        { ...channel, code: 'a', models: { small, plain: {} } },
        { ...channel, code: 'own', apiKeys: [], ownKeys: true, models: { mine: small } },
      ]
      writeFileSync(join(dir, 'channels.yaml'), JSON.stringify({ channels }))
      return { ...noShortcut, CHANNELS_FILE: join(dir, 'channels.yaml'), WECHAT_ACCOUNT: 'service' }
    })
  })
  afterAll(async () => {
    await service.close()
    rmSync(dir, { recursive: true })
  })

  const said = (openid: string) =>
    service.weixin.platform
      .phone(openid)
      .messages.flatMap(({ from, text }) => (from === 'account' ? [text] : []))
  const onPage = async (openid: string) => {
    const client = createPageClient(service.url, await readDescription(service.url))
    await logIn(client, service.weixin, openid)
    const { body: me } = await client.call('GET', '/api/me')
    const ask = (text: string, more: object = {}) =>
      client.call('POST', `/api/conversations/${me.conversationId}/turns`, { text, ...more })
    const left = async () => (await client.call('GET', '/api/me')).body.quota.remaining
    return { ...client, ask, left }
  }

  test('a question that is too long is refused in WeChat before anything is spent, with what would fit', async () => {
    const me = openidOf(`${stack.engine} long`)
    await service.weixin.platform.send(me, LONG)
    const [text = ''] = said(me)
    expect(text).toMatch(/太长了，没有计入次数.*大约 \d{3} 字以内.*代码 [0-9A-Z]{8}/)
    const characters = Number(/大约 (\d+) 字/.exec(text)?.[1])
    expect(service.weixin.model.calls()).toEqual([])
    await service.weixin.platform.send(me, LONG.slice(0, characters))
    await until(() => said(me).length > 1)
    expect(service.weixin.model.calls()).toMatchObject([{ model: 'small', maxTokens: 50 }])
  })

  test('on the page it is a problem that says so, and it costs nothing', async () => {
    const me = openidOf(`${stack.engine} page`)
    const { ask, left } = await onPage(me)
    const calls = await left()
    const { status, body } = await ask(LONG)
    expect([status, body.code]).toEqual([422, 'question-too-long'])
    expect(body.detail).toMatch(/大约 \d{3} 字以内/)
    expect(body.refusalCode).toMatch(/^[0-9A-Z]{8}$/)
    expect(body.errors).toMatchObject([{ field: 'text' }])
    expect(await left()).toBe(calls)
    // A model without a limit of its own takes it, but not everything.
    expect((await ask(LONG, { model: 'plain' })).status).toBe(201)
    expect((await ask('汉字'.repeat(10_000), { model: 'plain' })).body.code).toBe('question-too-long')
  })

  test('on an own key the same holds', async () => {
    const { ask, call } = await onPage(openidOf(`${stack.engine} own`))
    const key = { channel: 'own', key: 'sk-good-0123456789abcdef' }
    expect((await call('PUT', '/api/own-key', key)).status).toBe(200)
    expect((await ask(LONG)).body.code).toBe('question-too-long')
    expect((await ask('短')).status).toBe(201)
  })

  test('no prompt is longer than the model may have, however long the conversation', async () => {
    const { ask, events } = await onPage(openidOf(`${stack.engine} much`))
    for (const question of ['一', '二', '三', '四']) {
      const { body } = await ask(`${question} ${LONG.slice(0, 80)}`)
      await events(`/api/turns/${body.turnId}/events`)
    }
    const prompt = service.weixin.model.calls().at(-1)?.messages ?? []
    expect(prompt.length).toBeGreaterThan(3)
    expect(prompt.length).toBeLessThan(8)
    const tokens = await Promise.all(prompt.map(async ({ text }) => (await count(text)) + 4))
    expect(tokens.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(CONTEXT)
  })
})
