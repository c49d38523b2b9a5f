import type { Clock } from '../../base/clock.ts'
import type { AnswerFeed, FeedEvent, FeedItem } from '../../conversation/answer-feed.ts'
import { createListeners } from './listeners.ts'

export type MemoryFeedOptions = {
  clock: Clock
  /** How long a turn's events are kept after its last one. */
  keepMs?: number
  /** More turns than this push out those that have been quiet longest. */
  maxTurns?: number
}

type Kept = { items: FeedItem[]; lastAt: number }

/** The feed of a single process. Nothing is lost but by age or by `maxTurns`. */
export const createMemoryFeed = (options: MemoryFeedOptions): AnswerFeed => {
  const { clock, keepMs = 600_000, maxTurns = 10_000 } = options
  /** The turn with the most recent event stands last. */
  const turns = new Map<string, Kept>()
  const listeners = createListeners()
  let closed = false
  let lastId = 0

  const forgetOld = () => {
    const now = clock.now()
    for (const [turnId, { lastAt }] of turns) {
      if (turns.size <= maxTurns && now - lastAt <= keepMs) return
      turns.delete(turnId)
    }
  }

  const nextId = () => {
    // Ids begin with the time, so that one kept by a browser stays in the past when this process starts anew.
    lastId = Math.max(lastId + 1, clock.now() * 1_000)
    return String(lastId)
  }

  return {
    async publish(turnId, event) {
      if (closed) throw new Error('the feed is closed')
      const items = turns.get(turnId)?.items ?? []
      items.push({ id: nextId(), event })
      turns.delete(turnId)
      turns.set(turnId, { items, lastAt: clock.now() })
      forgetOld()
      listeners.wake(turnId)
    },

    async *read(turnId, { afterId, signal }) {
      if (closed) return
      const listener = listeners.join(turnId, signal)
      let seen = afterId && /^\d{1,16}$/.test(afterId) ? Number(afterId) : 0
      try {
        while (!listener.isStopped()) {
          forgetOld()
          const items = turns.get(turnId)?.items ?? []
          const next = items.findLastIndex(({ id }) => Number(id) <= seen) + 1
          const previous = items[next - 1]
          if (previous && isEnd(previous.event)) return
          for (const item of items.slice(next)) {
            if (listener.isStopped()) return
            seen = Number(item.id)
            yield item
            if (isEnd(item.event)) return
          }
          await listener.woken()
        }
      } finally {
        listener.leave()
      }
    },

    async close() {
      closed = true
      listeners.stopAll()
    },
  }
}

const isEnd = ({ type }: FeedEvent) => type === 'finish' || type === 'error'
