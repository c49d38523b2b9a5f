import { afterEach, expect, test } from '@jest/globals'
import { systemClock } from '../../src/base/clock.ts'
import { readConfig } from '../../src/base/config.ts'
import { silentLog } from '../../src/base/log.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { examineRedis } from '../../src/wiring/examine/redis.ts'
import { openShared } from '../../src/wiring/shared.ts'
import { type RedisServer, startRedisServer } from '../support/redis-server.ts'
import { startService } from '../support/service.ts'
import { until } from '../support/until.ts'

const closings: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close()
})

const startNode = async (firstSlot: number, lastSlot: number): Promise<RedisServer> => {
  const node = await startRedisServer('--cluster-enabled', 'yes')
  closings.push(node.close)
  const slots = Array.from({ length: lastSlot - firstSlot + 1 }, (_, n) => firstSlot + n)
  await node.redis.cluster('ADDSLOTS', ...slots)
  return node
}

test('a question is answered on one node that holds all slots of a cluster', async () => {
  const node = await startNode(0, 16_383)
  await until(async () => /cluster_state:ok/.test(await node.redis.cluster('INFO')))
  const service = await startService('sqlite', { REDIS_URL: node.url, WECHAT_REPLY_BUDGET_MS: '4500' })
  closings.push(service.close)
  const outcome = await service.weixin.platform.send(openidOf('clustered'), '你好')
  expect(outcome).toMatchObject({ replied: true, attempts: 1 })
  expect(service.lines.filter(({ level }) => level === 'error')).toEqual([])
})

test('a cluster of several nodes, or a database that it has not, is refused with a sentence', async () => {
  const [one, two] = await Promise.all([startNode(0, 8_191), startNode(8_192, 16_383)])
  await expect(start(`${one.url}/1`)).rejects.toThrow(/only database 0/)
  await one.redis.cluster('MEET', '127.0.0.1', two.port)
  await until(async () => /cluster_size:2/.test(await one.redis.cluster('INFO')))
  await expect(start(one.url)).rejects.toThrow(/cluster of 2 nodes is not supported/)
  expect(await examineRedis(configOf(one.url)).run()).toMatchObject({
    level: 'error',
    detail: expect.stringMatching(/cluster of 2 nodes.*not supported/),
  })
})

const configOf = (url: string) => {
  const read = readConfig({ REDIS_URL: url })
  if (!read.ok) throw new Error(read.problems.join())
  return read.config
}

const start = async (url: string): Promise<void> => {
  const { queue, feed } = await openShared(configOf(url), systemClock, silentLog)
  closings.push(queue.close, feed.close)
}
