import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { AnswerFeed, FeedEvent } from './answer-feed.ts'
import { type AnswerEvent, createAnswerReader } from './answer-reader.ts'
import type { Conversations, TurnHead } from './conversations.ts'
import type { Turns } from './turn.ts'
import { createUntilOver, isOver, type UntilOver } from './until-over.ts'

export type FollowParts = {
  conversations: Pick<Conversations, 'findTurn' | 'readTurn'>
  turns: Pick<Turns, 'markShown'>
  feed: Pick<AnswerFeed, 'read'>
  clock: Clock
  log: Log
}

/**
 * An answer as it comes, to its end; after `lastId` without loss or repeat. The feed tells it while it is being written,
 * the database once it is stored. Before its first words it is noted as shown: where that comes too late, nothing is told
 * but the end. Ends early when `signal` aborts or the feed is closed.
 */
export const createFollowAnswer = (parts: FollowParts) => {
  const untilOver = createUntilOver(parts)
  return async function* follow(
    turn: TurnHead,
    lastId: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<AnswerEvent> {
    const reader = createAnswerReader(lastId)
    const read = () => parts.conversations.readTurn(turn.userId, turn.id, parts.clock.now())
    if (isOver(turn)) return yield* reader.end(await read())
    let { shown } = turn
    for await (const told of heard(reader, live(parts, untilOver, turn, signal))) {
      const hasWords = told.type === 'delta' && told.text.trim() !== ''
      shown ||= hasWords && (await parts.turns.markShown(turn.id, parts.clock.now()))
      if (hasWords && !shown) break
      yield told
    }
    if (signal.aborted) return
    const ended = await read()
    if (!ended || isOver(ended)) yield* reader.end(ended)
  }
}

export type FollowAnswer = ReturnType<typeof createFollowAnswer>

type Telling = Extract<FeedEvent, { type: 'start' | 'delta' }>

async function* heard(
  reader: ReturnType<typeof createAnswerReader>,
  events: AsyncIterable<Telling>,
): AsyncGenerator<AnswerEvent> {
  for await (const event of events) yield* event.type === 'start' ? reader.start() : reader.add(event.text)
}

/** What the feed tells until the turn is over. */
async function* live(
  parts: FollowParts,
  untilOver: UntilOver,
  turn: TurnHead,
  signal: AbortSignal,
): AsyncGenerator<Telling> {
  const looking = new AbortController()
  const leave = () => looking.abort()
  if (signal.aborted) leave()
  signal.addEventListener('abort', leave)
  void untilOver(turn, looking.signal).then(leave)
  try {
    for await (const { event } of parts.feed.read(turn.id, { signal: looking.signal })) {
      if (event.type === 'finish' || event.type === 'error') return
      yield event
    }
  } finally {
    leave()
    signal.removeEventListener('abort', leave)
  }
}
