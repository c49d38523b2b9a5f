import type { TurnRecord } from './conversations.ts'
import { positionId, type ReadPosition, readOn, readPositionId, restOf, UNREAD } from './read-position.ts'

/**
 * start: forget what came before · end: the turn as it is stored; undefined when it was deleted meanwhile. `id` is how far
 * the reader is then.
 */
export type AnswerEvent =
  | { id: string; type: 'start' }
  | { id: string; type: 'delta'; text: string }
  | { id: string; type: 'end'; turn: TurnRecord | undefined }

/**
 * What there is to tell to one reader, who has been told everything up to `lastId`. Each attempt at the answer tells its
 * text from the beginning: what they have read already is passed over, and where it is another text they begin anew.
 */
export const createAnswerReader = (lastId: string | undefined) => {
  const resumed = lastId === undefined ? undefined : readPositionId(lastId)
  let read: ReadPosition = resumed ?? UNREAD
  /** They know that there is an answer to come. */
  let begun = resumed !== undefined
  /** This attempt's text, until it is known whether it goes on from what they have read. */
  let text = ''
  let goesOn = false

  function* anew(): Generator<AnswerEvent> {
    read = UNREAD
    begun = true
    yield { id: positionId(read), type: 'start' }
  }

  function* tell(more: string): Generator<AnswerEvent> {
    if (more === '') return
    read = readOn(read, more)
    yield { id: positionId(read), type: 'delta', text: more }
  }

  function* tellRest(whole: string): Generator<AnswerEvent> {
    const rest = restOf(whole, read)
    if (rest === undefined || !begun) yield* anew()
    yield* tell(rest ?? whole)
  }

  return {
    /** An attempt begins. */
    *start(): Generator<AnswerEvent> {
      text = ''
      goesOn = false
      if (!begun) yield* anew()
    },
    *add(more: string): Generator<AnswerEvent> {
      if (goesOn) return yield* tell(more)
      text += more
      // What is shorter than what they have read may still become it.
      if (text.length < read.length) return
      goesOn = true
      yield* tellRest(text)
    },
    /** What is stored has the last word. */
    *end(turn: TurnRecord | undefined): Generator<AnswerEvent> {
      if (read.ended) return
      // Of an answer that failed nothing is kept.
      if (turn?.status === 'answered') yield* tellRest(turn.answer ?? '')
      else if (read.length > 0) yield* anew()
      read = { ...read, ended: true }
      yield { id: positionId(read), type: 'end', turn }
    },
  }
}
