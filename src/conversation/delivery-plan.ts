import { PART_MAX_BYTES, TAIL_MAX_BYTES } from './message-sizes.ts'
import { toPlainText } from './plain-text.ts'
import { byteLength, splitText } from './split-text.ts'
import type { Texts } from './texts.ts'
import type { Turn } from './turn.ts'

/**
 * A finished turn as the parts its reader gets: plain text, labelled, each small enough for one message. `plainText` may
 * keep what it wrote, as a turn's parts are asked for more than once.
 */
export const partsOfTurn = (
  turn: Turn,
  texts: Texts,
  aiLabel: boolean,
  plainText: (markdown: string) => string = toPlainText,
): string[] => {
  if (turn.failure === 'stopped') return []
  if (turn.status === 'failed') return [[apologyFor(turn, texts), ...chargeNote(turn, texts)].join('\n')]
  const note = endingNote(turn, texts)
  const text = `${plainText(turn.answer ?? '')}${note === undefined ? '' : `\n\n${note}`}`
  const label = aiLabel ? `\n\n${texts.aiLabel}` : ''
  if (byteLength(text + label) <= PART_MAX_BYTES) return [text + label]
  const parts = splitText(text, PART_MAX_BYTES - TAIL_MAX_BYTES)
  return parts.map((part, index) => (index === parts.length - 1 ? part + label : part))
}

/** How an answer ended that is not whole, in words for its reader; the answer itself holds the model's alone. */
export const endingNote = (
  { ending }: Pick<Turn, 'ending'>,
  texts: Pick<Texts, 'cutOff' | 'tooLong' | 'stoppedHere'>,
): string | undefined => {
  switch (ending) {
    case 'cut-off':
      return texts.cutOff
    case 'too-long':
      return texts.tooLong
    case 'stopped':
      return texts.stoppedHere
    case 'whole':
    case undefined:
      return undefined
  }
}

/** Why there is no answer and a charge all the same. */
const chargeNote = ({ charged, shown, cost }: Turn, texts: Texts): string[] => {
  if (!charged || cost.price === 0) return []
  return [shown ? texts.chargedShown : texts.chargedOften]
}

const apologyFor = (turn: Turn, texts: Texts): string => {
  const { failure, cost, refusalCode = '' } = turn
  switch (failure) {
    case 'blocked':
      return chargeNote(turn, texts).length > 0
        ? texts.blockedAnswerCharged(refusalCode)
        : texts.blockedAnswer(refusalCode)
    case 'own-key-failed':
      return texts.ownKeyFailed(refusalCode)
    case 'thought-too-long':
      return texts.thoughtTooLong(refusalCode)
    case 'model-gone':
      return texts.modelGone(cost.model ?? '', refusalCode)
    default:
      return texts.apology(refusalCode)
  }
}

export type PartsOf = (turn: Turn) => string[]

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

/**
 * How many of the parts that are left may be pushed now, and whether the last of these has to tell of the rest. With
 * nothing left to push nothing can be told either.
 */
export const planPush = (partsLeft: number, pushesLeft: number): { send: number; tellsOfRest: boolean } => {
  const send = Math.min(partsLeft, pushesLeft)
  return { send, tellsOfRest: send > 0 && send < partsLeft }
}

/** WeChat gives up on a callback after 5 s; held open a little longer, it is WeChat that hangs up. */
const HANG_MS = 5500
/** WeChat sends a message three times in all. */
export const LAST_ATTEMPT = 3

export type DoorPlan = {
  waitUntil: number
  /** What the callback does when there is no answer by then. */
  otherwise: 'success' | 'hang' | 'say-more'
}

/**
 * How long one callback waits. Where answers can be pushed: until the budget ends. Where they cannot, WeChat's own
 * retries are the time to think: the first two are left to time out, the third has to say something.
 */
export const planDoor = (door: {
  attempt: number
  mayPush: boolean
  receivedAt: number
  doorClosesAt: number
}): DoorPlan => {
  if (door.mayPush) return { waitUntil: door.doorClosesAt, otherwise: 'success' }
  if (door.attempt < LAST_ATTEMPT) return { waitUntil: door.receivedAt + HANG_MS, otherwise: 'hang' }
  return { waitUntil: door.doorClosesAt, otherwise: 'say-more' }
}
