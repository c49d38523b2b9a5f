import { toPlainText } from './plain-text.ts'
import { byteLength, splitText } from './split-text.ts'
import type { Texts } from './texts.ts'
import type { Turn } from './turn.ts'

/** No official figure for the size of a text exists; peers agree on about 2 KB of UTF-8. */
export const PART_MAX_BYTES = 2000

/** A finished turn as the parts its reader gets: plain text, labelled, each small enough for one message. */
export const partsOfTurn = (turn: Turn, texts: Texts, aiLabel: boolean): string[] => {
  if (turn.status === 'failed') return [texts.apology(turn.refusalCode ?? '')]
  const text = toPlainText(turn.answer ?? '')
  if (!aiLabel) return splitText(text, PART_MAX_BYTES)
  const labelled = `${text}\n\n${texts.aiLabel}`
  if (byteLength(labelled) <= PART_MAX_BYTES) return [labelled]
  // The label is never the only thing in a part, and never cut.
  const room = PART_MAX_BYTES - byteLength(`\n\n${texts.aiLabel}`)
  const parts = splitText(text, room)
  return parts.map((part, index) => (index === parts.length - 1 ? `${part}\n\n${texts.aiLabel}` : part))
}

/**
 * How a finished answer leaves while its callback is open. reply: the callback carries it · push: a worker sends all
 * of it, so that its parts keep their order · reply-first: the callback carries the first part, the rest waits for
 * the user's next word.
 */
export type DeliveryPlan = 'reply' | 'push' | 'reply-first'

export const planAtDoor = (partCount: number, mayPush: boolean): DeliveryPlan => {
  if (partCount <= 1) return 'reply'
  return mayPush ? 'push' : 'reply-first'
}

export type PartsOf = (turn: Turn) => string[]
