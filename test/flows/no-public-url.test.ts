import { afterEach, describe, expect, test } from '@jest/globals'
import { openidOf } from '../../src/sandbox/followers.ts'
import { lastSaid } from '../support/page-visitor.ts'
import { type Env, type Service, startService } from '../support/service.ts'

let service: Service
afterEach(() => service.close())

const me = openidOf('far away')
const start = async (env: Env) => {
  service = await startService('sqlite', { WECHAT_ACCOUNT: 'unverified', ...env })
  return {
    async say(text: string) {
      await service.weixin.platform.send(me, text)
      return lastSaid(service, me)
    },
    warned: service.lines.filter(({ message }) => message.includes('set PUBLIC_URL')),
  }
}
/** Not on this machine. Nobody asks it: what the account may do is set. */
const REAL_WECHAT = { WECHAT_API_BASE: 'https://api.weixin.invalid' }

describe('without PUBLIC_URL, on an account at the real WeChat', () => {
  test.each(['zh-CN', 'en'])('nobody is sent to this machine, in %s', async (LOCALE) => {
    const { say, warned } = await start({ ...REAL_WECHAT, LOCALE })
    expect(await say('登录')).toMatch(/网页还没有开通|page is not open/)
    const long = await say('长 3000')
    expect(long).toMatch(/还有 \d+ 段|\d+ more parts/)
    expect(`${lastSaid(service, me)}${long}`).not.toMatch(/127\.0\.0\.1|localhost/)
    expect(await say('继续')).not.toMatch(/127\.0\.0\.1|localhost/)
    expect(warned).toMatchObject([{ level: 'warn', fields: { hint: expect.stringContaining('PUBLIC_URL') } }])
  })

  test.each<[string, Env, boolean]>([
    ['with PUBLIC_URL', { ...REAL_WECHAT, PUBLIC_URL: 'https://bot.example.com' }, false],
    ['where WeChat is simulated on this machine', {}, true],
    [
      'with a PUBLIC_URL that is this machine, on purpose',
      { ...REAL_WECHAT, PUBLIC_URL: 'http://localhost:1' },
      true,
    ],
  ])('%s they are told where the page is', async (_when, env, warns) => {
    const { say, warned } = await start(env)
    expect(await say('登录')).toMatch(/\d{6}.*https?:\/\//)
    expect(await say('长 3000')).toContain('/a/')
    expect(warned).toHaveLength(warns ? 1 : 0)
  })
})
