import { describe, expect, test } from '@jest/globals'
import { type Env, readConfig } from '../../src/base/config.ts'
import { examineChannels } from '../../src/wiring/examine/channels.ts'
import { conclude, ok, reasonOf } from '../../src/wiring/examine/check.ts'
import { judgeRedis } from '../../src/wiring/examine/redis.ts'
import { startForwardProxy } from '../support/forward-proxy.ts'
import { startOddProvider } from '../support/odd-provider.ts'

describe('a check', () => {
  test('ends in time', async () => {
    const run = () => new Promise<never>(() => {})
    expect(await conclude({ name: 'slow', run }, 20)).toEqual({
      ...{ name: 'slow', level: 'error', detail: 'no answer within 0.02 s' },
    })
  })

  test('turns a failure into a verdict of one line', async () => {
    const run = async () => {
      throw new Error('first\n  second')
    }
    expect(await conclude({ name: 'bad', run }, 1000)).toEqual({
      ...{ name: 'bad', level: 'error', detail: 'first second' },
    })
    expect(await conclude({ name: 'good', run: async () => ok('fine') }, 1000)).toEqual({
      ...{ name: 'good', level: 'ok', detail: 'fine' },
    })
  })

  test('names the code of an error that has no message', () => {
    expect(reasonOf(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED')
    expect(reasonOf('text')).toBe('text')
  })
})

describe('a channel', () => {
  const examine = async (baseUrl: string, more: Env = {}) => {
    const env = {
      DATA_DIR: '/nowhere',
      OPENAI_API_KEY: 'k',
      OPENAI_MODEL: 'm',
      OPENAI_BASE_URL: baseUrl,
      ...more,
    }
    const read = readConfig(env, '/nowhere')
    if (!read.ok) throw new Error(read.problems.join('\n'))
    const [examination] = await examineChannels(read.config, read.env)
    return examination?.run()
  }

  test('whose address is a web page is told what addresses look like', async () => {
    const provider = await startOddProvider()
    provider.reply = () => ({ type: 'text/html', pieces: ['<!doctype html><title>One API</title>'] })
    expect(await examine(provider.baseUrl)).toEqual({
      level: 'error',
      detail: expect.stringContaining('this answers with a web page: the address usually ends in /v1'),
      fix: expect.stringMatching(/OPENAI_BASE_URL.*usually ends in \/v1/),
    })
    await provider.close()
  })

  test.each(['HTTP_PROXY', 'http_proxy'])('out of reach is asked through the proxy of %s', async (name) => {
    const provider = await startOddProvider()
    const proxy = await startForwardProxy(provider.baseUrl)
    const [, port] = proxy.address.split('127.0.0.1:')
    expect(await examine('http://provider.invalid/v1', { [name]: `127.0.0.1:${port}` })).toMatchObject({
      level: 'ok',
    })
    await proxy.close()
    await provider.close()
  })
})

describe('Redis', () => {
  const info = (version: string, policy: string) =>
    `# Server\r\nredis_version:${version}\r\nos:Linux\r\n# Memory\r\nmaxmemory_policy:${policy}\r\n`

  test.each([
    ['6.2.0', 'noeviction', 'ok'],
    ['7.2.4', 'noeviction', 'ok'],
    ['10.0.1', 'noeviction', 'ok'],
    ['6.0.16', 'noeviction', 'error'],
    ['5.9.9', 'noeviction', 'error'],
    ['7.2.4', 'allkeys-lru', 'warning'],
  ])('%s with %s is %s', (version, policy, level) => {
    expect(judgeRedis(info(version, policy))).toMatchObject({
      level,
      detail: expect.stringContaining(version),
    })
  })
})
