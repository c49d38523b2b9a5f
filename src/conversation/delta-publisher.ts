import type { Log } from '../base/log.ts'
import type { AnswerFeed, FeedEvent } from './answer-feed.ts'

/**
 * Publishes deltas one after another; what arrives while one is under way goes out together with the next, so that
 * a slow feed makes larger deltas, not a slower answer. The feed is a kindness: its faults are logged, not thrown.
 */
export const createDeltaPublisher = (feed: Pick<AnswerFeed, 'publish'>, turnId: string, log: Log) => {
  let waiting = ''
  let running: Promise<void> | undefined
  let failed = false

  const publish = async (event: FeedEvent) => {
    try {
      await feed.publish(turnId, event)
    } catch (err) {
      if (!failed) log.warn({ err, turnId }, 'the answer feed does not take deltas')
      failed = true
    }
  }

  const drain = async (first?: FeedEvent) => {
    if (first) await publish(first)
    while (waiting !== '') {
      const text = waiting
      waiting = ''
      await publish({ type: 'delta', text })
    }
    running = undefined
  }

  return {
    start() {
      running = drain({ type: 'start' })
    },
    add(text: string) {
      waiting += text
      running ??= drain()
    },
    /** Resolves when everything added is out. */
    async done() {
      await running
    },
  }
}
