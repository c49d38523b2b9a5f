import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { systemClock } from '../../src/base/clock.ts'
import type { AnswerFeed } from '../../src/conversation/answer-feed.ts'
import { createMemoryFeed } from '../../src/infra/feed/memory-feed.ts'
import { delta, finish, follow, publishAll, start, TURN } from '../support/feed-reading.ts'

const createAt = (at: number, options: { keepMs?: number; maxTurns?: number }) => {
  let now = at
  const clock = { now: () => now, sleep: systemClock.sleep }
  const pass = (ms: number) => {
    now += ms
  }
  return { feed: createMemoryFeed({ clock, ...options }), pass }
}
const stillKept = async (feed: AnswerFeed, turnId: string) => {
  const reader = follow(feed, { turnId })
  await sleep(5)
  reader.abort()
  return (await reader.done).length > 0
}

test('keeps a turn for keepMs after its last event, and not a millisecond longer', async () => {
  const { feed, pass } = createAt(1_000, { keepMs: 100 })
  await feed.publish(TURN, start)
  pass(60)
  await feed.publish(TURN, finish)
  pass(100)
  expect(await stillKept(feed, TURN)).toBe(true)
  pass(1)
  expect(await stillKept(feed, TURN)).toBe(false)
})

test('lets go of the turn that has been quiet longest when there are too many', async () => {
  const { feed } = createAt(1_000, { maxTurns: 2 })
  await feed.publish('trn_a', start)
  await feed.publish('trn_b', start)
  await feed.publish('trn_a', finish)
  await feed.publish('trn_c', start)
  expect(await Promise.all(['trn_a', 'trn_b', 'trn_c'].map((id) => stillKept(feed, id)))).toEqual([
    true,
    false,
    true,
  ])
})

test('tells a reader with an id from before a restart everything', async () => {
  const before = createAt(1_000_000, {}).feed
  for (let i = 0; i < 50; i += 1) await before.publish(TURN, delta(`${i}`))
  await before.publish(TURN, finish)
  const old = follow(before)
  await old.done
  const after = createAt(1_000_001, {}).feed
  await publishAll(after, [start, finish])
  expect(await follow(after, { afterId: old.items.at(-1)?.id ?? '' }).done).toEqual([start, finish])
})

test('keeps the order when the clock is put back', async () => {
  const { feed, pass } = createAt(1_000_000, {})
  await publishAll(feed, [start, delta('a')])
  pass(-5_000)
  await publishAll(feed, [delta('b'), finish])
  expect(await follow(feed).done).toEqual([start, delta('a'), delta('b'), finish])
})
