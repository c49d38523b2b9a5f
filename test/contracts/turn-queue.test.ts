import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from '@jest/globals'
import { systemClock } from '../../src/base/clock.ts'
import { type Log, silentLog } from '../../src/base/log.ts'
import type { TurnQueue } from '../../src/conversation/turn-queue.ts'
import { createBullmqQueue } from '../../src/infra/queue/bullmq-queue.ts'
import { createInProcessQueue } from '../../src/infra/queue/in-process-queue.ts'
import { logTo } from '../support/log-to.ts'
import { randomPrefix, redisUrl, withRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

type Options = { attempts?: number; backoffMs?: number; log?: Log }

const opened: TurnQueue[] = []
const opening =
  (create: (options: Options & { log: Log }) => TurnQueue): ((options?: Options) => TurnQueue) =>
  (options = {}) => {
    const queue = create({ log: silentLog, backoffMs: 5, ...options })
    opened.push(queue)
    return queue
  }

afterEach(async () => {
  await Promise.all(opened.splice(0).map((queue) => queue.close()))
})

const keepsItsContract = (open: (options?: Options) => TurnQueue) => {
  test('hands over an id that was added before anybody worked', async () => {
    const queue = open()
    const seen: string[] = []
    await queue.add('trn_1')
    await queue.work(async (turnId) => void seen.push(turnId), 1)
    await until(() => seen.length > 0)
    expect(seen).toEqual(['trn_1'])
  })

  test('hands over an id that is added while workers wait', async () => {
    const queue = open()
    const seen: string[] = []
    await queue.work(async (turnId) => void seen.push(turnId), 1)
    await queue.add('trn_1')
    await until(() => seen.length > 0)
    expect(seen).toEqual(['trn_1'])
  })

  test('keeps the order of arrival', async () => {
    const queue = open()
    const seen: string[] = []
    for (const turnId of ['trn_c', 'trn_a', 'trn_b']) await queue.add(turnId)
    await queue.work(async (turnId) => void seen.push(turnId), 1)
    await until(() => seen.length === 3)
    expect(seen).toEqual(['trn_c', 'trn_a', 'trn_b'])
  })

  test('runs as many handlers at once as it may, and no more', async () => {
    const queue = open()
    const { promise: gate, resolve: openGate } = Promise.withResolvers<void>()
    let running = 0
    let most = 0
    let done = 0
    await queue.work(async () => {
      running += 1
      most = Math.max(most, running)
      await gate
      await sleep(1)
      running -= 1
      done += 1
    }, 3)
    for (let i = 0; i < 12; i += 1) await queue.add(`trn_${i}`)
    await until(() => running === 3)
    openGate()
    await until(() => done === 12)
    expect(most).toBe(3)
  })

  test('handles each of 500 ids once', async () => {
    const queue = open()
    const seen: string[] = []
    const ids = Array.from({ length: 500 }, (_, i) => `trn_${i}`)
    await queue.work(async (turnId) => void seen.push(turnId), 20)
    await Promise.all(ids.map((turnId) => queue.add(turnId)))
    await until(() => seen.length >= 500)
    await sleep(20)
    expect(seen.toSorted()).toEqual(ids.toSorted())
  })

  test('hands over an id once that is added three times while it waits', async () => {
    const queue = open()
    const seen: string[] = []
    for (const turnId of ['trn_1', 'trn_1', 'trn_1', 'trn_2']) await queue.add(turnId)
    await queue.work(async (turnId) => void seen.push(turnId), 1)
    await until(() => seen.includes('trn_2'))
    await sleep(20)
    expect(seen).toEqual(['trn_1', 'trn_2'])
  })

  test('runs an id once more, and not at the same time, when it is added while it runs', async () => {
    const queue = open()
    const { promise: gate, resolve: openGate } = Promise.withResolvers<void>()
    const seen: string[] = []
    await queue.work(async (turnId) => {
      seen.push(`${turnId} begins`)
      await gate
      seen.push(`${turnId} ends`)
    }, 5)
    await queue.add('trn_1')
    await until(() => seen.length === 1)
    for (let i = 0; i < 3; i += 1) await queue.add('trn_1')
    await sleep(20)
    expect(seen).toEqual(['trn_1 begins'])
    openGate()
    await until(() => seen.length === 4)
    await sleep(20)
    expect(seen).toEqual(['trn_1 begins', 'trn_1 ends', 'trn_1 begins', 'trn_1 ends'])
  })

  test('lets a handler add its own id', async () => {
    const queue = open()
    let runs = 0
    await queue.work(async (turnId) => {
      runs += 1
      if (runs === 1) await queue.add(turnId)
    }, 5)
    await queue.add('trn_1')
    await until(() => runs === 2)
    await sleep(20)
    expect(runs).toBe(2)
  })

  test('hands over an id again that is added after it was handled', async () => {
    const queue = open()
    let runs = 0
    await queue.work(async () => {
      runs += 1
    }, 1)
    for (let wanted = 1; wanted <= 3; wanted += 1) {
      await queue.add('trn_1')
      await until(() => runs === wanted)
    }
    await sleep(20)
    expect(runs).toBe(3)
  })

  test('tries a failed id again until it succeeds', async () => {
    const queue = open()
    let runs = 0
    await queue.work(async () => {
      runs += 1
      if (runs < 3) throw new Error('not yet')
    }, 1)
    await queue.add('trn_1')
    await until(() => runs === 3)
    await sleep(30)
    expect(runs).toBe(3)
  })

  test('handles others while a failed id pauses', async () => {
    const queue = open({ backoffMs: 60_000 })
    const seen: string[] = []
    await queue.work(async (turnId) => {
      seen.push(turnId)
      if (turnId === 'trn_bad') throw new Error('no')
    }, 1)
    await queue.add('trn_bad')
    await queue.add('trn_good')
    await until(() => seen.includes('trn_good'))
    expect(seen).toEqual(['trn_bad', 'trn_good'])
  })

  test('does not hand over an id early that is added while it pauses', async () => {
    const queue = open({ backoffMs: 60_000 })
    const seen: string[] = []
    await queue.work(async (turnId) => {
      seen.push(turnId)
      if (turnId === 'trn_bad') throw new Error('no')
    }, 1)
    await queue.add('trn_bad')
    await queue.add('trn_good')
    await until(() => seen.includes('trn_good'))
    await queue.add('trn_bad')
    await sleep(20)
    expect(seen).toEqual(['trn_bad', 'trn_good'])
  })

  test('gives an id up after its attempts, says so in the log, and takes it again later', async () => {
    const { log, lines } = logTo()
    const queue = open({ attempts: 3, log })
    let runs = 0
    await queue.work(async () => {
      runs += 1
      throw new Error('the model is gone')
    }, 1)
    await queue.add('trn_1')
    await until(() => lines.some(({ level }) => level === 'error'))
    await sleep(40)
    expect(runs).toBe(3)
    expect(lines.map(({ level, fields }) => [level, fields])).toEqual([
      [
        'warn',
        { turnId: 'trn_1', attempt: 1, err: expect.objectContaining({ message: 'the model is gone' }) },
      ],
      [
        'warn',
        { turnId: 'trn_1', attempt: 2, err: expect.objectContaining({ message: 'the model is gone' }) },
      ],
      [
        'error',
        { turnId: 'trn_1', attempt: 3, err: expect.objectContaining({ message: 'the model is gone' }) },
      ],
    ])
    await queue.add('trn_1')
    await until(() => runs === 6)
  })

  const failures: [string, () => Promise<void>][] = [
    ['rejects with nothing', () => Promise.reject(undefined)],
    [
      'throws before it returns a promise',
      () => {
        throw new Error('at once')
      },
    ],
  ]
  test.each(failures)('tries again after a handler that %s', async (_, fail) => {
    const queue = open()
    let runs = 0
    await queue.work(() => {
      runs += 1
      return runs === 1 ? fail() : Promise.resolve()
    }, 1)
    await queue.add('trn_1')
    await until(() => runs === 2)
  })

  test('waits on closing for the running handlers and begins no other', async () => {
    const queue = open()
    const { promise: gate, resolve: openGate } = Promise.withResolvers<void>()
    const seen: string[] = []
    await queue.work(async (turnId) => {
      seen.push(`${turnId} begins`)
      await gate
      seen.push(`${turnId} ends`)
    }, 1)
    await queue.add('trn_1')
    await queue.add('trn_2')
    await until(() => seen.length === 1)
    const closed = queue.close().then(() => seen.push('closed'))
    await sleep(20)
    expect(seen).toEqual(['trn_1 begins'])
    openGate()
    await closed
    await sleep(20)
    expect(seen).toEqual(['trn_1 begins', 'trn_1 ends', 'closed'])
  })

  test('closes at once while a failed id pauses', async () => {
    const queue = open({ backoffMs: 60_000 })
    let runs = 0
    await queue.work(async () => {
      runs += 1
      throw new Error('no')
    }, 1)
    await queue.add('trn_1')
    await until(() => runs === 1)
    const startedAt = performance.now()
    await queue.close()
    expect(performance.now() - startedAt).toBeLessThan(5000)
    expect(runs).toBe(1)
  })

  test('refuses ids after closing', async () => {
    const queue = open()
    await queue.close()
    await expect(queue.add('trn_1')).rejects.toThrow('closed')
  })

  test('may be closed twice, and without ever having worked', async () => {
    const queue = open()
    await queue.close()
    await queue.close()
  })

  test('refuses a second worker', async () => {
    const queue = open()
    await queue.work(async () => {}, 1)
    await expect(queue.work(async () => {}, 1)).rejects.toThrow('already has a worker')
  })
}

describe('the in-process queue', () => {
  keepsItsContract(opening((options) => createInProcessQueue({ clock: systemClock, ...options })))
})

if (withRedis) {
  describe('the BullMQ queue', () => {
    keepsItsContract(
      opening((options) => createBullmqQueue({ redisUrl: redisUrl(), prefix: randomPrefix(), ...options })),
    )
  })
}
