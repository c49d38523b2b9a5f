import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from '@jest/globals'
import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import type { AnswerFeed, FeedEvent } from '../../src/conversation/answer-feed.ts'
import { createMemoryFeed } from '../../src/infra/feed/memory-feed.ts'
import { createRedisFeed } from '../../src/infra/feed/redis-feed.ts'
import { delta, finish, follow, publishAll, start, TURN } from '../support/feed-reading.ts'
import { randomPrefix, redisUrl, withRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const opened: AnswerFeed[] = []
const open = (feed: AnswerFeed): AnswerFeed => {
  opened.push(feed)
  return feed
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((feed) => feed.close()))
})

/** `openAnother` sees the same events: the same object in one process, another one on the same Redis. */
const keepsItsContract = (create: () => { feed: AnswerFeed; openAnother: () => AnswerFeed }) => {
  test('tells a reader what comes after it began', async () => {
    const { feed } = create()
    const reader = follow(feed)
    await publishAll(feed, [start, delta('你'), delta('好')])
    await until(() => reader.items.length === 3)
    await feed.publish(TURN, finish)
    expect(await reader.done).toEqual([start, delta('你'), delta('好'), finish])
  })

  test('tells a late reader everything', async () => {
    const { feed, openAnother } = create()
    const events = [start, delta('a'), start, delta('b'), finish]
    await publishAll(feed, events)
    expect(await follow(feed).done).toEqual(events)
    expect(await follow(openAnother()).done).toEqual(events)
  })

  test('ends after an error, and carries its code', async () => {
    const { feed } = create()
    const events: FeedEvent[] = [start, delta('a'), { type: 'error', code: 'channel-timeout' }]
    await publishAll(feed, events)
    expect(await follow(feed).done).toEqual(events)
  })

  test('keeps every character of a text', async () => {
    const { feed } = create()
    const texts = ['', ' ', '\n\n', '\u0000', '👩‍🚀', '"quoted" \\ 中文', 'x'.repeat(100_000)]
    await publishAll(feed, [...texts.map(delta), finish])
    expect(await follow(feed).done).toEqual([...texts.map(delta), finish])
  })

  test('hands over an event while the next is not there yet', async () => {
    const { feed } = create()
    await feed.publish(TURN, start)
    const reader = follow(feed)
    await until(() => reader.items.length === 1)
    await feed.publish(TURN, delta('a'))
    await until(() => reader.items.length === 2)
    await feed.publish(TURN, finish)
    await reader.done
  })

  test('resumes after an id without loss or repeat, wherever that was', async () => {
    const { feed, openAnother } = create()
    const events = [start, ...Array.from({ length: 10 }, (_, i) => delta(`${i}`)), finish]
    await publishAll(feed, events)
    const whole = follow(feed)
    await whole.done
    for (const [index, { id }] of whole.items.entries()) {
      expect(await follow(openAnother(), { afterId: id }).done).toEqual(events.slice(index + 1))
    }
  })

  test('resumes in the middle of a running answer', async () => {
    const { feed } = create()
    await publishAll(feed, [start, delta('a')])
    const first = follow(feed)
    await until(() => first.items.length === 2)
    first.abort()
    await first.done
    const second = follow(feed, { afterId: first.items[1]?.id ?? '' })
    await publishAll(feed, [delta('b'), finish])
    expect(await second.done).toEqual([delta('b'), finish])
  })

  test.each(['', 'nonsense', '-1', '(0', '$', '99999999999999999999999-0', '1-2-3', '1e3'])(
    'begins at the beginning after the id "%s"',
    async (afterId) => {
      const { feed } = create()
      await publishAll(feed, [start, finish])
      expect(await follow(feed, { afterId }).done).toEqual([start, finish])
    },
  )

  test('tells each of two readers everything', async () => {
    const { feed, openAnother } = create()
    const readers = [follow(feed), follow(feed), follow(openAnother())]
    const events = [start, delta('a'), delta('b'), finish]
    await publishAll(feed, events)
    for (const reader of readers) expect(await reader.done).toEqual(events)
  })

  test('goes on for one reader when another leaves', async () => {
    const { feed } = create()
    const [leaving, staying] = [follow(feed), follow(feed)]
    await feed.publish(TURN, start)
    await until(() => leaving.items.length === 1 && staying.items.length === 1)
    leaving.abort()
    await leaving.done
    await publishAll(feed, [delta('a'), finish])
    expect(await staying.done).toEqual([start, delta('a'), finish])
  })

  test('serves a reader that comes back at once', async () => {
    const { feed } = create()
    await feed.publish(TURN, start)
    for (let i = 0; i < 20; i += 1) {
      const reader = follow(feed)
      await until(() => reader.items.length === i + 1)
      reader.abort()
      await reader.done
      await feed.publish(TURN, delta(`${i}`))
    }
    const last = follow(feed)
    await until(() => last.items.length === 21)
    await feed.publish(TURN, finish)
    expect(await last.done).toHaveLength(22)
  })

  test('keeps turns apart', async () => {
    const { feed } = create()
    const [one, two] = [follow(feed), follow(feed, { turnId: 'trn_2' })]
    await publishAll(feed, [start, delta('one'), finish])
    await feed.publish('trn_2', finish)
    expect(await one.done).toEqual([start, delta('one'), finish])
    expect(await two.done).toEqual([finish])
  })

  test('ends quietly when the signal aborts, and when it already has', async () => {
    const { feed } = create()
    const waiting = follow(feed)
    await sleep(10)
    waiting.abort()
    expect(await waiting.done).toEqual([])
    const reader = feed.read(TURN, { signal: AbortSignal.abort() })
    for await (const _ of reader) throw new Error('read something')
  })

  test('hands over nothing after the signal aborted', async () => {
    const { feed } = create()
    await publishAll(feed, [start, delta('a'), delta('b')])
    const aborting = new AbortController()
    const seen: FeedEvent[] = []
    for await (const { event } of feed.read(TURN, { signal: aborting.signal })) {
      seen.push(event)
      if (seen.length === 2) aborting.abort()
    }
    expect(seen).toEqual([start, delta('a')])
  })

  test('lets a reader break off', async () => {
    const { feed } = create()
    await publishAll(feed, [start, delta('a')])
    for await (const { event } of feed.read(TURN, { signal: new AbortController().signal })) {
      expect(event).toEqual(start)
      break
    }
  })

  test('waits for a slow reader', async () => {
    const { feed } = create()
    const events = [start, ...Array.from({ length: 1_200 }, (_, i) => delta(`${i}`)), finish]
    const seen: FeedEvent[] = []
    const slowly = async () => {
      for await (const { event } of feed.read(TURN, { signal: new AbortController().signal })) {
        seen.push(event)
        if (seen.length % 200 === 1) await sleep(5)
      }
    }
    const reading = slowly()
    await Promise.all(events.map((event) => feed.publish(TURN, event)))
    await reading
    expect(seen).toEqual(events)
  })

  test('gives 20 readers that begin at random points each of 200 events once and in order', async () => {
    const { feed, openAnother } = create()
    const other = openAnother()
    const events = [...Array.from({ length: 199 }, (_, i) => delta(`${i}`)), finish]
    const readings = Array.from({ length: 20 }, async (_, i) => {
      await sleep(Math.random() * 60)
      return follow(i % 2 ? feed : other).done
    })
    for (const event of events) {
      await feed.publish(TURN, event)
      if (Math.random() < 0.2) await sleep(1)
    }
    for (const seen of await Promise.all(readings)) expect(seen).toEqual(events)
  })

  test('ends its readers on closing, and takes and tells nothing afterwards', async () => {
    const { feed } = create()
    const reader = follow(feed)
    await feed.publish(TURN, start)
    await until(() => reader.items.length === 1)
    await feed.close()
    expect(await reader.done).toEqual([start])
    await expect(feed.publish(TURN, finish)).rejects.toThrow('closed')
    expect(await follow(feed).done).toEqual([])
  })

  test('may be closed twice', async () => {
    const { feed } = create()
    await feed.close()
    await feed.close()
  })
}

describe('the memory feed', () => {
  keepsItsContract(() => {
    const feed = open(createMemoryFeed({ clock: systemClock }))
    return { feed, openAnother: () => feed }
  })
})

if (withRedis) {
  describe('the Redis feed', () => {
    const createOn = (prefix: string, recheckMs = 60_000) =>
      open(createRedisFeed({ redisUrl: redisUrl(), clock: systemClock, log: silentLog, prefix, recheckMs }))

    // With a minute between two looks of their own, readers live by notifications alone.
    keepsItsContract(() => {
      const prefix = randomPrefix()
      return { feed: createOn(prefix), openAnother: () => createOn(prefix) }
    })
  })
}
