import { describe, expect, test } from '@jest/globals'
import { conclude, ok, reasonOf } from '../../src/wiring/examine/check.ts'
import { judgeRedis } from '../../src/wiring/examine/redis.ts'

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
