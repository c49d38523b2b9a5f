import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from '@jest/globals'
import { type Log, silentLog } from '../../src/base/log.ts'
import type { TurnQueue } from '../../src/conversation/turn-queue.ts'
import { createBullmqQueue } from '../../src/infra/queue/bullmq-queue.ts'
import { logTo } from '../support/log-to.ts'
import { openRedis, randomPrefix, redisUrl } from '../support/redis.ts'
import { until } from '../support/until.ts'

describe('the BullMQ queue', () => {
  const opened: TurnQueue[] = []
  const open = (options: { prefix: string; log?: Log; attempts?: number }) => {
    const queue = createBullmqQueue({ redisUrl: redisUrl(), log: silentLog, backoffMs: 5, ...options })
    opened.push(queue)
    return queue
  }
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((queue) => queue.close()))
  })

  test('carries ids from one process to two others, each id once', async () => {
    const prefix = randomPrefix()
    const [api, ...workers] = [open({ prefix }), open({ prefix }), open({ prefix })]
    const seen: string[] = []
    for (const worker of workers) await worker.work(async (turnId) => void seen.push(turnId), 5)
    const ids = Array.from({ length: 100 }, (_, i) => `trn_${i}`)
    await Promise.all(ids.map((turnId) => api.add(turnId)))
    await until(() => seen.length >= 100)
    await sleep(20)
    expect(seen.toSorted()).toEqual(ids.toSorted())
  })

  test('leaves nothing behind of handled and of dropped ids', async () => {
    const prefix = randomPrefix()
    const redis = openRedis()
    const { log, lines } = logTo()
    const queue = open({ prefix, log, attempts: 2 })
    await queue.work(async (turnId) => {
      if (turnId === 'trn_bad') throw new Error('no')
      // Leaves a mark to run once more.
      if (lines.length === 0) await queue.add(turnId)
    }, 2)
    await queue.add('trn_good')
    await queue.add('trn_bad')
    await until(() => lines.some(({ level }) => level === 'error'))
    const lasting = /:(meta|id|events|marker|stalled|stalled-check)$/
    await until(async () => (await redis.keys(`${prefix}:*`)).every((key) => lasting.test(key)))
    await redis.quit()
  })

  test('leaves waiting ids to the next process', async () => {
    const prefix = randomPrefix()
    const first = open({ prefix })
    await first.add('trn_1')
    await first.close()
    const seen: string[] = []
    await open({ prefix }).work(async (turnId) => void seen.push(turnId), 1)
    await until(() => seen.length > 0)
    expect(seen).toEqual(['trn_1'])
  })
})
