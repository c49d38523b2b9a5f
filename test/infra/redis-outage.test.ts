import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { systemClock } from '../../src/base/clock.ts'
import type { FeedEvent } from '../../src/conversation/answer-feed.ts'
import { createRedisFeed } from '../../src/infra/feed/redis-feed.ts'
import { createBullmqQueue } from '../../src/infra/queue/bullmq-queue.ts'
import { createRedis } from '../../src/infra/redis.ts'
import { logTo } from '../support/log-to.ts'
import { randomPrefix, redisUrl } from '../support/redis.ts'
import { createTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'
import { until } from '../support/until.ts'

/** "Within about two seconds", on a busy machine. */
const SOON_MS = 3_500

const rejectsSoon = async (attempt: () => Promise<void>) => {
  const startedAt = performance.now()
  await expect(attempt()).rejects.toThrow(Error)
  expect(performance.now() - startedAt).toBeLessThan(SOON_MS)
}

const endsSoon = async (attempt: () => Promise<void>) => {
  const startedAt = performance.now()
  await attempt()
  expect(performance.now() - startedAt).toBeLessThan(SOON_MS + 1_000)
}

describe('when Redis goes away', () => {
  let proxy: TcpProxy
  let closings: (() => Promise<void>)[]
  const { log } = logTo()

  beforeEach(async () => {
    const { hostname, port } = new URL(redisUrl())
    proxy = await createTcpProxy({ host: hostname, port: Number(port || 6379) })
    closings = []
  })
  afterEach(async () => {
    await Promise.all(closings.map((close) => close()))
    await proxy.close()
  })

  const throughProxy = () => {
    const url = new URL(redisUrl())
    url.hostname = '127.0.0.1'
    url.port = String(proxy.port)
    return url.href
  }
  const openQueue = (prefix: string, url = throughProxy(), lockMs = 30_000) => {
    const queue = createBullmqQueue({ redisUrl: url, log, prefix, backoffMs: 5, lockMs })
    closings.push(() => queue.close())
    return queue
  }
  const openFeed = (prefix: string, url = throughProxy(), recheckMs = 60_000) => {
    const feed = createRedisFeed({ redisUrl: url, clock: systemClock, log, prefix, recheckMs })
    closings.push(() => feed.close())
    return feed
  }

  test('adding is rejected soon when it was never there, and works once it comes', async () => {
    await proxy.cut()
    const queue = openQueue(randomPrefix())
    await rejectsSoon(() => queue.add('trn_1'))
    await proxy.mend()
    await until(() =>
      queue.add('trn_1').then(
        () => true,
        () => false,
      ),
    )
    const seen: string[] = []
    await queue.work(async (turnId) => void seen.push(turnId), 1)
    await until(() => seen.length > 0)
  })

  test('adding is rejected soon when it leaves, again and again', async () => {
    const queue = openQueue(randomPrefix())
    await queue.add('trn_1')
    await proxy.cut()
    for (let i = 0; i < 3; i += 1) await rejectsSoon(() => queue.add('trn_2'))
  })

  test('adding is rejected soon when it hangs', async () => {
    const queue = openQueue(randomPrefix())
    await queue.add('trn_1')
    proxy.freeze()
    await rejectsSoon(() => queue.add('trn_2'))
  })

  test('adding survives a short gap', async () => {
    const queue = openQueue(randomPrefix())
    await queue.add('trn_1')
    await proxy.cut()
    // The client has to have noticed: what it had sent already is rejected, for it may have been done or not.
    await systemClock.sleep(30)
    await proxy.mend()
    await queue.add('trn_2')
  })

  test('a worker goes on when it comes back', async () => {
    const prefix = randomPrefix()
    const seen: string[] = []
    await openQueue(prefix).work(async (turnId) => void seen.push(turnId), 1)
    const api = openQueue(prefix, redisUrl())
    await api.add('trn_1')
    await until(() => seen.length === 1)
    await proxy.cut()
    await api.add('trn_2')
    await proxy.mend()
    await until(() => seen.length === 2)
    expect(seen).toEqual(['trn_1', 'trn_2'])
  })

  test('another worker takes over the turns of one that vanished', async () => {
    const prefix = randomPrefix()
    const { promise: never, resolve: giveUp } = Promise.withResolvers<void>()
    const seen: string[] = []
    const lost = openQueue(prefix, throughProxy(), 400)
    await lost.work((turnId) => {
      seen.push(`${turnId} at the lost one`)
      return never
    }, 1)
    await lost.add('trn_1')
    await until(() => seen.length === 1)
    await proxy.cut()
    const heir = openQueue(prefix, redisUrl(), 400)
    await heir.work(async (turnId) => void seen.push(`${turnId} at the heir`), 1)
    await until(() => seen.length === 2)
    expect(seen).toEqual(['trn_1 at the lost one', 'trn_1 at the heir'])
    giveUp()
  })

  test('a handler may take longer than the lock', async () => {
    const prefix = randomPrefix()
    const queues = [openQueue(prefix, redisUrl(), 300), openQueue(prefix, redisUrl(), 300)]
    let runs = 0
    for (const queue of queues) {
      await queue.work(async () => {
        runs += 1
        await systemClock.sleep(1_200)
      }, 1)
    }
    await queues[0]?.add('trn_1')
    await until(() => runs === 1)
    for (const queue of queues) await queue.close()
    expect(runs).toBe(1)
  })

  test.each(['idle', 'busy'])('an %s worker closes all the same', async (what) => {
    const queue = openQueue(randomPrefix())
    let begun = false
    let ended = false
    await queue.work(async () => {
      begun = true
      await systemClock.sleep(300)
      ended = true
    }, 1)
    if (what === 'busy') {
      await queue.add('trn_1')
      await until(() => begun)
    }
    await proxy.cut()
    await endsSoon(() => queue.close())
    expect(ended).toBe(begun)
  })

  test('a worker that hangs with it closes all the same', async () => {
    const queue = openQueue(randomPrefix())
    await queue.work(async () => {}, 1)
    proxy.freeze()
    await endsSoon(() => queue.close())
  })

  test('a worker that never reached it closes all the same', async () => {
    await proxy.cut()
    const queue = openQueue(randomPrefix())
    const working = queue.work(async () => {}, 1)
    await endsSoon(() => queue.close())
    await working
  })

  test.each(['cut', 'freeze'] as const)('publishing is rejected soon after a %s', async (what) => {
    const feed = openFeed(randomPrefix())
    await feed.publish('trn_1', { type: 'start' })
    await proxy[what]()
    await rejectsSoon(() => feed.publish('trn_1', { type: 'finish' }))
  })

  test('publishing is rejected soon when it was never there', async () => {
    await proxy.cut()
    const feed = openFeed(randomPrefix())
    await rejectsSoon(() => feed.publish('trn_1', { type: 'start' }))
  })

  test('a reader misses nothing and sees nothing twice', async () => {
    const prefix = randomPrefix()
    const worker = openFeed(prefix, redisUrl())
    const seen: FeedEvent[] = []
    const readAll = async () => {
      const signal = new AbortController().signal
      for await (const { event } of openFeed(prefix).read('trn_1', { signal })) seen.push(event)
    }
    const reading = readAll()
    await worker.publish('trn_1', { type: 'start' })
    await until(() => seen.length === 1)
    for (let i = 0; i < 3; i += 1) {
      await proxy.cut()
      await worker.publish('trn_1', { type: 'delta', text: `${i} while away` })
      await proxy.mend()
      // Only notifications can tell of this one: a minute lies between two looks of the reader's own.
      await until(() => seen.length === i * 2 + 2)
      await worker.publish('trn_1', { type: 'delta', text: `${i} when back` })
      await until(() => seen.length === i * 2 + 3)
    }
    await worker.publish('trn_1', { type: 'finish' })
    await reading
    const texts = seen.flatMap((event) => (event.type === 'delta' ? [event.text] : [event.type]))
    expect(texts).toEqual([
      'start',
      ...[0, 1, 2].flatMap((i) => [`${i} while away`, `${i} when back`]),
      'finish',
    ])
  })

  test('a reader ends at once when its signal aborts, although Redis hangs', async () => {
    const feed = openFeed(randomPrefix())
    await feed.publish('trn_1', { type: 'start' })
    proxy.freeze()
    const aborting = new AbortController()
    const iterator = feed.read('trn_1', { signal: aborting.signal })[Symbol.asyncIterator]()
    const next = iterator.next()
    await systemClock.sleep(20)
    const startedAt = performance.now()
    aborting.abort()
    expect(await next).toEqual({ done: true, value: undefined })
    expect(performance.now() - startedAt).toBeLessThan(1500)
  })

  test('an outage is logged once, with its end, and without the password', async () => {
    const { log, lines } = logTo()
    await proxy.cut()
    const redis = createRedis(`redis://:geheim@127.0.0.1:${proxy.port}`, { log, name: 'some-connection' })
    let attempts = 0
    redis.on('error', () => {
      attempts += 1
    })
    await until(() => attempts >= 3)
    await proxy.mend()
    await until(() => lines.length === 2)
    redis.disconnect()
    const address = `127.0.0.1:${proxy.port}`
    expect(lines).toEqual([
      {
        level: 'warn',
        fields: {
          connection: 'some-connection',
          address,
          err: expect.objectContaining({ code: 'ECONNREFUSED' }),
        },
        message: 'redis is out of reach',
      },
      { level: 'info', fields: { connection: 'some-connection', address }, message: 'redis is back' },
    ])
    expect(JSON.stringify(lines)).not.toContain('geheim')
  })
})
