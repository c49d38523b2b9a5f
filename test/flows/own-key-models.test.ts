import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createPageClient, logIn, readDescription } from '../support/page-client.ts'
import { type Service, startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'

const KEY = 'sk-good-0123456789abcdef'

describe.each(stacks)('models on an own key, on $name', (stack) => {
  let service: Service
  let dir = ''
  let me = ''
  let count = 0

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'yingda-own-models-'))
    service = await startService(stack.engine, ({ modelBase }) => {
      const channels = [
        { code: 'ours', baseUrl: modelBase, apiKeys: ['k'], models: { small: {}, large: { price: 5 } } },
        {
          ...{ code: 'theirs', baseUrl: modelBase, apiKeys: [], ownKeys: true },
          models: { first: { price: 3 }, 'Second Model': {}, small: { price: 2 } },
        },
      ]
      writeFileSync(join(dir, 'channels.yaml'), JSON.stringify({ channels }))
      const noShortcut = { OPENAI_API_KEY: '', OPENAI_BASE_URL: '', OPENAI_MODEL: '' }
      return { ...noShortcut, CHANNELS_FILE: join(dir, 'channels.yaml'), WECHAT_ACCOUNT: 'service' }
    })
  })
  afterAll(async () => {
    await service.close()
    rmSync(dir, { recursive: true })
  })

  /** What the account says to this. */
  const tell = async (text: string): Promise<string> => {
    const { platform } = service.weixin
    await platform.send(me, text)
    return platform.phone(me).messages.findLast(({ from }) => from === 'account')?.text ?? ''
  }
  const lastAsked = () => service.weixin.model.calls().at(-1)?.model
  const bind = async () => {
    count += 1
    me = openidOf(`${stack.engine} own models ${count}`)
    expect(await tell(`绑定 ${KEY}`)).toContain('cdef')
  }

  test('「模型」 lists what the key’s channel offers, for nothing, and marks what is asked', async () => {
    await bind()
    const listed = await tell('模型')
    expect(listed.match(/· .*（|✓ .*（/g)).toEqual(['· first（', '· Second Model（', '✓ small（'])
    expect(listed.match(/每个问题 (\d+) 次/g)).toEqual(['每个问题 0 次', '每个问题 0 次', '每个问题 0 次'])
    expect(await tell('问一')).toContain('问一')
    expect(lastAsked()).toBe('small')
  })

  test.each([
    ['模型 FIRST', 'first'],
    ['模型 second model', 'Second Model'],
  ])('「%s」 is asked next', async (command, model) => {
    await bind()
    expect(await tell(command)).toMatch(new RegExp(`${model}.*0 次`))
    expect(await tell('问二')).toContain('问二')
    expect(lastAsked()).toBe(model)
    expect(await tell('模型')).toContain(`✓ ${model}`)
  })

  test('what the operator’s keys alone offer is not taken, and is after 「解绑」', async () => {
    await bind()
    expect(await tell('模型 large')).toContain('没有找到 large')
    await tell('解绑')
    expect(await tell('模型 large')).toMatch(/large.*5 次/)
    expect(await tell('模型 first')).toContain('没有找到 first')
  })

  test('a sentence that begins with 「模型」 is a question', async () => {
    await bind()
    expect(await tell('模型 second model 好用吗')).toContain('好用吗')
  })

  test('the page offers the same, asks them, and spends nothing', async () => {
    await bind()
    const client = createPageClient(service.url, await readDescription(service.url))
    await logIn(client, service.weixin, me)
    const { body: models } = await client.call('GET', '/api/models')
    expect(models).toEqual(
      ['first', 'Second Model', 'small'].map((id) => ({ id, channels: ['theirs'], price: 0 })),
    )
    const { body: before } = await client.call('GET', '/api/me')
    expect(before.model).toBe('small')
    const ask = (model: string) =>
      client.call('POST', `/api/conversations/${before.conversationId}/turns`, { text: '问', model })
    expect((await ask('large')).body.code).toBe('model-unavailable')
    const { body } = await ask('first')
    const events = await client.events(`/api/turns/${body.turnId}/events`)
    expect(events.at(-1)?.data).toMatchObject({ charged: 0, ending: 'whole' })
    expect(lastAsked()).toBe('first')
    const chosen = await client.call('PATCH', '/api/me', { model: 'Second Model' })
    expect(chosen.body).toMatchObject({ model: 'Second Model', quota: { remaining: before.quota.remaining } })
    expect(await tell('模型')).toContain('✓ Second Model')
  })
})
