import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from '@jest/globals'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import type { AnswerFeed } from '../../src/conversation/answer-feed.ts'
import { createRedisFeed } from '../../src/infra/feed/redis-feed.ts'
import { finish, follow, publishAll, start, TURN } from '../support/feed-reading.ts'
import { openRedis, randomPrefix, redisUrl } from '../support/redis.ts'
import { until } from '../support/until.ts'

describe('the Redis feed', () => {
  const opened: AnswerFeed[] = []
  const createOn = (prefix: string, recheckMs = 60_000) => {
    const feed = createRedisFeed({
      redisUrl: redisUrl(),
      clock: systemClock,
      log: silentLog,
      prefix,
      recheckMs,
    })
    opened.push(feed)
    return feed
  }
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((feed) => feed.close()))
  })

  test('leaves nothing behind that does not expire', async () => {
    const prefix = randomPrefix()
    const redis = openRedis()
    await publishAll(createOn(prefix), [start, finish])
    const keys = await redis.keys(`${prefix}:*`)
    expect(keys).toEqual([`${prefix}:feed:${TURN}`])
    const leftMs = await redis.pttl(keys[0] ?? '')
    await redis.quit()
    expect(leftMs).toBeGreaterThan(590_000)
    expect(leftMs).toBeLessThanOrEqual(600_000)
  })

  test('is subscribed to a turn only while somebody reads it', async () => {
    const prefix = randomPrefix()
    const redis = openRedis()
    const channels = async () => redis.pubsub('CHANNELS', `${prefix}:*`)
    const feed = createOn(prefix)
    const [one, two] = [follow(feed), follow(feed)]
    await until(async () => (await channels()).length === 1)
    one.abort()
    await one.done
    await sleep(10)
    expect(await channels()).toEqual([`${prefix}:feed:${TURN}`])
    two.abort()
    await until(async () => (await channels()).length === 0)
    await redis.quit()
  })

  test('finds by itself what no notification told of', async () => {
    const prefix = randomPrefix()
    const redis = openRedis()
    const reader = follow(createOn(prefix, 20))
    await sleep(20)
    await redis.xadd(`${prefix}:feed:${TURN}`, '*', 'type', 'finish')
    expect(await reader.done).toEqual([finish])
    await redis.quit()
  })

  test('passes over an event it does not know', async () => {
    const prefix = randomPrefix()
    const redis = openRedis()
    const feed = createOn(prefix)
    await feed.publish(TURN, start)
    await redis.xadd(`${prefix}:feed:${TURN}`, '*', 'type', 'picture', 'url', 'x')
    await feed.publish(TURN, finish)
    expect(await follow(feed).done).toEqual([start, finish])
    await redis.quit()
  })
})
