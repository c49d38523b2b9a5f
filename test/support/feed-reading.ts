import type { AnswerFeed, FeedEvent, FeedItem } from '../../src/conversation/answer-feed.ts'

export const TURN = 'trn_1'
export const start: FeedEvent = { type: 'start' }
export const finish: FeedEvent = { type: 'finish' }
export const delta = (text: string): FeedEvent => ({ type: 'delta', text })

export type Reading = { items: FeedItem[]; done: Promise<FeedEvent[]>; abort: () => void }

/** Reads in the background from now on. */
export const follow = (feed: AnswerFeed, options: { afterId?: string; turnId?: string } = {}): Reading => {
  const { turnId = TURN, ...rest } = options
  const aborting = new AbortController()
  const items: FeedItem[] = []
  const readAll = async () => {
    for await (const item of feed.read(turnId, { ...rest, signal: aborting.signal })) items.push(item)
    return items.map(({ event }) => event)
  }
  return { items, done: readAll(), abort: () => aborting.abort() }
}

export const publishAll = async (feed: AnswerFeed, events: FeedEvent[]) => {
  for (const event of events) await feed.publish(TURN, event)
}
