import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createPageClient, logIn } from '../support/page-client.ts'
import { type Env, type Service, startService } from '../support/service.ts'
import { createShiftedClock } from '../support/shifted-clock.ts'
import { stacks } from '../support/stacks.ts'

const DAY_MS = 86_400_000

/** Ways to be somebody new to the service; the person is the same. */
const LEAVINGS: [string, (service: Service, openid: string) => Promise<unknown>][] = [
  [
    'was forgotten',
    async ({ weixin: { platform } }, openid) => {
      await platform.send(openid, '删除我的数据')
      return platform.send(openid, '确认删除')
    },
  ],
  [
    'unfollowed',
    async ({ weixin: { platform } }, openid) => {
      await platform.unfollow(openid)
      return platform.follow(openid)
    },
  ],
]

describe.each(stacks)('a limit knows the person who came back, on $name', (stack) => {
  let service: Service
  const clock = createShiftedClock()
  const settings = (): Env => ({ TRIAL_CALLS: '0', DAILY_CALLS: '3', MERGE_WITHIN_MS: '0' })
  beforeAll(async () => {
    service = await startService(stack.engine, { ...(await stack.openEnv()), ...settings() }, { clock })
  })
  afterAll(() => service.close())

  let count = 0
  const somebody = () => {
    count += 1
    return openidOf(`${stack.engine} limits ${count}`)
  }
  const tell = async (openid: string, text: string): Promise<string> => {
    await service.weixin.platform.send(openid, text)
    const { messages } = service.weixin.platform.phone(openid)
    return messages.findLast(({ from }) => from === 'account')?.text ?? ''
  }
  const USED_UP = expect.stringContaining('次数不够了')

  test.each(LEAVINGS)('and gives the calls of a day once to one who %s', async (_, leave) => {
    const me = somebody()
    for (const question of ['一', '二', '三']) expect(await tell(me, question)).toContain(question)
    expect(await tell(me, '四')).toEqual(USED_UP)
    for (let round = 0; round < 2; round += 1) {
      await leave(service, me)
      expect(await tell(me, '五')).toEqual(USED_UP)
    }
    clock.pass(DAY_MS)
    expect(await tell(me, '六')).toContain('六')
  })

  test('also after a change of the secret, and gives no more to one who stayed', async () => {
    const [left, stayed] = [somebody(), somebody()]
    for (const question of ['一', '二', '三']) {
      await tell(left, question)
      await tell(stayed, question)
    }
    await LEAVINGS[0]?.[1](service, left)
    const previous = service.env.APP_SECRET ?? ''
    const APP_SECRET = Buffer.alloc(32, count).toString('base64')
    await service.restart({ APP_SECRET, APP_SECRET_PREVIOUS: previous })
    for (const me of [left, stayed]) expect(await tell(me, '四')).toEqual(USED_UP)
    await service.restart()
  })

  test.each(LEAVINGS)('and lets one who %s try no more cards than others', async (_, leave) => {
    const me = somebody()
    for (let tries = 0; tries < 10; tries += 1)
      expect(await tell(me, `兑换 ABC${tries}`)).toContain('没有发完整')
    await leave(service, me)
    expect(await tell(me, '兑换 ABCD')).toContain('试错的次数太多')
  })

  test('and lets one who was forgotten call the page no more often', async () => {
    const me = somebody()
    const visit = async () => {
      const client = createPageClient(service.url, { check() {}, seen: new Set() })
      await logIn(client, service.weixin, me)
      return async () => (await client.call('GET', '/api/export')).status
    }
    const first = await visit()
    for (let calls = 0; calls < 6; calls += 1) expect(await first()).toBe(200)
    await LEAVINGS[0]?.[1](service, me)
    expect(await (await visit())()).toBe(429)
  })

  test.each(LEAVINGS)('and lets one who %s ask no faster', async (_, leave) => {
    await service.restart({ RATE_PER_MINUTE: '2' })
    const me = somebody()
    for (const question of ['一', '二']) expect(await tell(me, question)).toContain(question)
    await leave(service, me)
    expect(await tell(me, '三')).toMatch(/问得有点快/)
    await service.restart()
  })
})
