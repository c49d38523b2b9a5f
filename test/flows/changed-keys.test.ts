import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { createCardKeys } from '../../src/quota/card-key.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createEnvelope, signatureOf, toXml } from '../../src/sandbox/wire.ts'
import { type ModelProvider, startModelProvider } from '../support/model-provider.ts'
import { createPageClient, logIn } from '../support/page-client.ts'
import { type Env, type Service, startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'
import { until } from '../support/until.ts'
import { spawnYingda } from '../support/yingda.ts'

const GOOD_KEY = 'sk-good-0123456789abcdef'
const [FIRST, SECOND, THIRD] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte).toString('base64'))
const UNCHECKED = { check() {}, seen: new Set<string>() }

/** The settings before, after one change of the secret, and after another. */
const SETTINGS: [string, Env][] = [
  ['before', { APP_SECRET: FIRST ?? '' }],
  ['after a change', { APP_SECRET: SECOND ?? '', APP_SECRET_PREVIOUS: FIRST ?? '' }],
  ['after another change', { APP_SECRET: THIRD ?? '', APP_SECRET_PREVIOUS: `${SECOND},${FIRST}` }],
]

// What a key opens does not depend on where it is kept: one stack will do.
describe.each(stacks.slice(0, 1))('keys that are changed on $name', (stack) => {
  let service: Service
  let provider: ModelProvider
  const dir = mkdtempSync(join(tmpdir(), 'yingda-keys-'))
  const channelsFile = join(dir, 'channels.yaml')
  const writeChannels = (key: string) =>
    writeFileSync(
      channelsFile,
      JSON.stringify({
        channels: [
          { code: 'main', baseUrl: provider.baseUrl, apiKeys: [key], models: { m: null }, ownKeys: true },
        ],
      }),
    )
  beforeAll(async () => {
    provider = await startModelProvider()
    writeChannels('operator-1')
    service = await startService(stack.engine, {
      ...(await stack.openEnv()),
      ...{ APP_SECRET: FIRST ?? '', CHANNELS_FILE: channelsFile, TRIAL_CALLS: '4', MERGE_WITHIN_MS: '0' },
      ...{ OPENAI_API_KEY: '', OPENAI_MODEL: '', OPENAI_BASE_URL: '', WECHAT_REPLY_BUDGET_MS: '4500' },
      WECHAT_ACCOUNT: 'service',
    })
  })
  afterAll(async () => {
    await service.close()
    await provider.close()
    rmSync(dir, { recursive: true, force: true })
  })

  let count = 0
  const somebody = (name: string) => {
    count += 1
    return openidOf(`${stack.engine} keys ${name} ${count}`)
  }
  const tell = async (openid: string, text: string) => {
    await service.weixin.platform.send(openid, text)
    const { messages } = service.weixin.platform.phone(openid)
    return messages.findLast(({ from }) => from === 'account')?.text ?? ''
  }
  const cards = createCardKeys({ current: Buffer.from(FIRST ?? '', 'base64'), previous: [] })
  const card = () => {
    count += 1
    return cards.seal({ batch: 3, serial: count, calls: 50, days: undefined, redeemBy: undefined })
  }
  const yingda = async (more: Env, ...args: string[]) => {
    const ran = await spawnYingda(dir, { ...service.env, ...more }, [...args, '--json'])
    if (ran.status !== 0) throw new Error(ran.stderr)
    return JSON.parse(ran.stdout)
  }
  /** Who unfollowed, once under each secret. */
  const gone = { first: somebody('first'), second: somebody('second'), third: somebody('third') }
  const printed = Array.from({ length: 3 }, card)
  const used = card()
  const [guest, keyOwner, reader] = ['guest', 'key', 'reader'].map(somebody) as [string, string, string]
  const visitor = { cookies: new Map<string, string>(), link: '', backup: '' }
  const erased = somebody('erased')

  test('what there is under the first secret', async () => {
    expect(await tell(somebody('owner'), used)).toContain('50')
    expect(await tell(keyOwner, `绑定 ${GOOD_KEY}`)).toContain('cdef')
    const client = createPageClient(service.url, UNCHECKED)
    await logIn(client, service.weixin, reader)
    visitor.cookies = client.cookies
    await tell(reader, '问')
    const { body: me } = await client.call('GET', '/api/me')
    const { body: turns } = await client.call('GET', `/api/conversations/${me.conversationId}/turns`)
    visitor.link = new URL(service.app.links.urlFor(turns[0].id)).pathname
    await tell(erased, '问')
    visitor.backup = (await yingda({}, 'backup', 'create')).file
    await service.weixin.platform.unfollow(erased)
    await service.weixin.platform.follow(erased)
    await tell(erased, '删除我的数据')
    await tell(erased, '确认删除')
    for (const each of Object.values(gone)) await tell(each, '问')
    await service.weixin.platform.unfollow(gone.first)
  })

  test.each(SETTINGS)('opens all the same %s', async (when, settings) => {
    const from = SETTINGS.findIndex(([name]) => name === when)
    const asked = somebody('code')
    await tell(asked, '登录')
    const oldCode = /验证码：(\d+)/.exec((await tell(asked, '登录')) ?? '')?.[1] ?? ''
    if (from > 0) await service.restart(settings)

    // The session, the link, the own key.
    const client = createPageClient(service.url, UNCHECKED)
    for (const [name, value] of visitor.cookies) client.cookies.set(name, value)
    expect((await client.call('GET', '/api/me')).status).toBe(200)
    expect((await fetch(service.url + visitor.link)).status).toBe(200)
    provider.keys.length = 0
    await tell(keyOwner, `问 ${when}`)
    expect(provider.keys).toEqual([GOOD_KEY])

    // Cards that were printed and cards that were used.
    expect(await tell(guest, printed[from] ?? '')).toContain('50')
    expect(await tell(guest, used)).not.toContain('50 次')

    // A login code of before the change is worth nothing, and the next one works.
    const login = createPageClient(service.url, UNCHECKED)
    if (from > 0) expect((await login.call('POST', '/api/login', { code: oldCode })).status).not.toBe(200)
    await logIn(login, service.weixin, somebody('fresh'))

    // Who unfollowed under an earlier secret finds their calls, and gets no second trial.
    const back = [gone.first, gone.second, gone.third].slice(0, from)
    for (const each of back) {
      await service.weixin.platform.follow(each)
      expect(await tell(each, '额度')).toContain('3')
      await service.weixin.platform.unfollow(each)
    }
    const leaving = [gone.second, gone.third][from]
    if (leaving !== undefined) await service.weixin.platform.unfollow(leaving)
    // Who was forgotten has had their trial.
    await service.weixin.platform.unfollow(erased)
    await service.weixin.platform.follow(erased)
    expect(await tell(erased, '问')).toContain('次数不够')
  })

  test('a backup of the first secret is restored under the third, and erased people stay erased', async () => {
    const settings = SETTINGS[2]?.[1] ?? {}
    await service.stop()
    const restored = await yingda(settings, 'backup', 'restore', visitor.backup, '--yes')
    expect(restored).toMatchObject({ sameSecret: true, since: { erased: 1 } })
    expect(restored.since.redeemed).toBe(3)
    await service.restart(settings)
    expect(await tell(guest, printed[0] ?? '')).toContain('50')
    expect(await tell(erased, '问')).toContain('次数不够')
  })

  test('what was sealed under a secret that is named no more opens no longer', async () => {
    await service.restart({ APP_SECRET: THIRD ?? '' })
    expect(await tell(guest, card())).not.toContain('50 次')
    expect((await fetch(service.url + visitor.link)).status).not.toBe(200)
    expect(await tell(keyOwner, '问')).toContain('绑定')
    await service.restart(SETTINGS[2]?.[1])
  })

  test('a new channel key is taken from the file without a restart', async () => {
    await tell(guest, '一')
    expect(provider.keys.at(-1)).toBe('operator-1')
    writeChannels('operator-2')
    await until(async () => {
      await tell(somebody('asks'), '二')
      return provider.keys.at(-1) === 'operator-2'
    }, 10_000)
    provider.keys.length = 0
    await tell(guest, '三')
    expect(provider.keys).toEqual(['operator-2'])
  })

  test('while the AES key changes, messages under either are opened, and answered under the same', async () => {
    const { account } = service.weixin.platform
    const [newKey, newest] = [1, 2].map(() =>
      randomBytes(32).toString('base64url').replaceAll(/[-_=]/g, 'A').slice(0, 43),
    )
    const secrets = SETTINGS[2]?.[1] ?? {}
    await service.restart({
      ...secrets,
      WECHAT_AES_KEY: newKey ?? '',
      WECHAT_AES_KEY_PREVIOUS: account.aesKey,
    })
    // WeChat still has the old one.
    expect(await tell(somebody('old key'), '帮助')).toContain('登录')
    expect(await postUnder(newKey ?? '')).toContain('登录')
    // The next change: of the first nothing is left.
    await service.restart({ ...secrets, WECHAT_AES_KEY: newest ?? '', WECHAT_AES_KEY_PREVIOUS: newKey ?? '' })
    expect(await postUnder(newKey ?? '')).toContain('登录')
    expect(await tell(somebody('too old a key'), '帮助')).not.toContain('登录')
    await service.restart(secrets)
  })

  /** What comes back to a message that was sealed with this key. */
  const postUnder = async (aesKey: string): Promise<string> => {
    const { account } = service.weixin.platform
    const envelope = createEnvelope({ ...account, aesKey }, randomBytes)
    const [timestamp, nonce] = [String(Math.floor(Date.now() / 1000)), randomBytes(4).toString('hex')]
    const text = toXml({
      ...{ ToUserName: account.ghId, FromUserName: somebody('sealed'), CreateTime: Number(timestamp) },
      ...{ MsgType: 'text', Content: '帮助', MsgId: { raw: `${Date.now()}${count}` } },
    })
    const sealed = envelope.seal(text)
    const query = new URLSearchParams({
      ...{ signature: signatureOf(account.token, timestamp, nonce), timestamp, nonce, encrypt_type: 'aes' },
      msg_signature: signatureOf(account.token, timestamp, nonce, sealed),
    })
    const body = toXml({ ToUserName: account.ghId, Encrypt: sealed })
    const response = await fetch(`${service.callbackUrl}?${query}`, { method: 'POST', body })
    const cipher = /<Encrypt><!\[CDATA\[(.*?)\]\]>/.exec(await response.text())?.[1] ?? ''
    const opened = envelope.open(cipher)
    return opened.ok ? opened.text : opened.reason
  }

  test('keys of channels stand in no log', () => {
    expect(JSON.stringify(service.lines)).not.toMatch(/operator-[12]|sk-good/)
    expect(readdirSync(dir)).toContain('channels.yaml')
  })
})
