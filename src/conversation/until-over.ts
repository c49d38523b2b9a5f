import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Conversations, TurnHead } from './conversations.ts'

export const isOver = ({ status }: TurnHead): boolean => status === 'answered' || status === 'failed'

export type UntilOverParts = {
  conversations: Pick<Conversations, 'findTurn'>
  clock: Clock
  log: Log
}

/** Resolves when the turn has ended or is gone, or when `signal` aborts. */
export type UntilOver = (turn: TurnHead, signal: AbortSignal) => Promise<void>

/** How often the database is asked, in case the feed lost the end. */
const RECHECK_MS = 5000

/** However many read one answer, the database is asked for all of them at once. */
export const createUntilOver = (parts: UntilOverParts): UntilOver => {
  type Looking = { readers: number; stop: AbortController; over: Promise<void> }
  const looking = new Map<string, Looking>()

  const join = (turn: TurnHead): Looking => {
    const known = looking.get(turn.id)
    if (known) return known
    const stop = new AbortController()
    const begun: Looking = { readers: 0, stop, over: lookNowAndThen(parts, turn, stop.signal) }
    looking.set(turn.id, begun)
    return begun
  }

  return async (turn, signal) => {
    if (signal.aborted) return
    const joined = join(turn)
    joined.readers += 1
    const left = Promise.withResolvers<void>()
    const leave = () => left.resolve()
    signal.addEventListener('abort', leave)
    await Promise.race([joined.over, left.promise])
    signal.removeEventListener('abort', leave)
    joined.readers -= 1
    if (joined.readers > 0) return
    joined.stop.abort()
    if (looking.get(turn.id) === joined) looking.delete(turn.id)
  }
}

/** Asks now and then; resolves as UntilOver does. */
const lookNowAndThen = async (
  { conversations, clock, log }: UntilOverParts,
  turn: TurnHead,
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    await clock.sleep(RECHECK_MS, signal)
    if (signal.aborted) return
    try {
      const now = await conversations.findTurn(turn.userId, turn.id)
      if (!now || isOver(now)) return
    } catch (err) {
      log.warn({ err, turnId: turn.id }, 'could not look whether an answer has ended')
    }
  }
}
