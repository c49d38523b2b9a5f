import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { AnswerFeed } from './answer-feed.ts'

/** Returns when the feed says that the turn has ended, when nobody waits any more, at the latest at `waitUntil`. */
export const untilAnswered = async (
  { feed, clock, log }: { feed: Pick<AnswerFeed, 'read'>; clock: Clock; log: Log },
  turnId: string,
  waitUntil: number,
  gone: AbortSignal | undefined,
): Promise<void> => {
  const door = new AbortController()
  const leave = () => door.abort()
  if (gone?.aborted) leave()
  gone?.addEventListener('abort', leave)
  const closing = clock.sleep(Math.max(0, waitUntil - clock.now()), door.signal).then(leave)
  try {
    for await (const { event } of feed.read(turnId, { signal: door.signal }))
      if (event.type === 'finish' || event.type === 'error') return
  } catch (err) {
    log.error({ err, turnId }, 'the answer feed failed, waiting for the database alone')
    await closing
  } finally {
    leave()
    gone?.removeEventListener('abort', leave)
  }
}
