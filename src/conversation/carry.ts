import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { AnswerFeed } from './answer-feed.ts'
import type { AnswerLinks } from './answer-links.ts'
import { createConfirmReply } from './confirm-reply.ts'
import type { Deliveries } from './delivery.ts'
import { LAST_ATTEMPT, type PartsOf, planAtDoor, planDoor } from './delivery-plan.ts'
import { createEnqueue } from './enqueue.ts'
import type { Inbox, Opened } from './inbox.ts'
import type { Incoming, Outcome, Reply } from './incoming.ts'
import type { LoginNotices } from './login-notices.ts'
import { PART_MAX_BYTES } from './message-sizes.ts'
import type { Messenger } from './messenger.ts'
import type { Meters } from './meters.ts'
import { sayRest } from './say-rest.ts'
import { byteLength } from './split-text.ts'
import type { Texts } from './texts.ts'
import { isFinished, type Turn, type Turns } from './turn.ts'
import type { TurnQueue } from './turn-queue.ts'
import { untilAnswered } from './until-answered.ts'

export type CarryParts = {
  inbox: Pick<Inbox, 'replyTo'>
  turns: Pick<Turns, 'find' | 'markQueued' | 'frontOfLine'>
  deliveries: Pick<
    Deliveries,
    'find' | 'handOver' | 'closeDoor' | 'endEmpty' | 'confirmReply' | 'untoldParts'
  >
  queue: Pick<TurnQueue, 'add'>
  feed: Pick<AnswerFeed, 'read'>
  messenger: Pick<Messenger, 'mayPush' | 'showTyping'>
  links: Pick<AnswerLinks, 'urlFor' | 'areOpen'>
  partsOf: PartsOf
  loginNotices: Pick<LoginNotices, 'after'>
  texts: Pick<Texts, 'rest' | 'restHere' | 'stillThinking' | 'untold'>
  meters: Pick<Meters, 'delivered' | 'part'>
  clock: Clock
  log: Log
}

type Asked = Extract<Outcome, { kind: 'question' | 'more' }>

const NOTHING: Reply = { kind: 'none' }

/** Waits at the door for a turn's answer and carries back what there is when it comes, or when the door closes. */
export const createCarry = (parts: CarryParts) => {
  const { turns, deliveries, messenger, clock } = parts
  const confirm = createConfirmReply(parts)

  const enqueue = createEnqueue(parts)

  const carry = async ({ kind, turnId }: Asked, incoming: Incoming, opened: Opened): Promise<Reply> => {
    const mayPush = messenger.mayPush()
    const plan = planDoor({ ...incoming, attempt: opened.attempt, mayPush })
    let turn = kind === 'question' && opened.isNew ? undefined : await turns.find(turnId)
    if (!isFinished(turn)) {
      if (plan.otherwise === 'hang') incoming.hangs?.()
      // Also for a retry: adding an id that waits already is harmless, and mends a queue that lost it.
      await enqueue(turnId)
      await untilAnswered(parts, turnId, plan.waitUntil, incoming.gone)
      turn = await turns.find(turnId)
    }
    if (isFinished(turn)) return incoming.gone?.aborted ? leave(turnId, opened) : handOver(turn, incoming)
    if (plan.otherwise === 'hang') return { kind: 'hang' }

    const closed = await deliveries.closeDoor(turnId, mayPush ? 'late' : 'held', clock.now())
    // The answer may have been stored between the last look and the closing; then nobody else will carry it.
    turn = await turns.find(turnId)
    if (isFinished(turn)) return incoming.gone?.aborted ? leave(turnId, opened) : handOver(turn, incoming)
    if (plan.otherwise === 'say-more') return { kind: 'text', text: parts.texts.stillThinking }
    if (closed) void messenger.showTyping(incoming.person.openid)
    return NOTHING
  }

  /** WeChat hung up on an answer. It asks again, but not for ever: then the answer finds another way, at once. */
  const leave = async (turnId: string, { attempt }: Opened): Promise<Reply> => {
    if (attempt >= LAST_ATTEMPT) {
      await deliveries.closeDoor(turnId, messenger.mayPush() ? 'late' : 'held', clock.now())
      await enqueue(turnId)
    }
    return { kind: 'hang' }
  }

  /** The next part, with a word about the rest. */
  const handOver = async (turn: Turn, incoming: Incoming): Promise<Reply> => {
    const delivery = await deliveries.find(turn.id)
    if (!delivery) return NOTHING
    const words = delivery.parts.length > 0 ? delivery.parts : parts.partsOf(turn)
    const index = delivery.partsSent
    // Nobody has been told of anything yet, and a worker sends all of it.
    const begun = index > 0 || delivery.status === 'held'
    if (!begun && planAtDoor(words.length, messenger.mayPush()) === 'push') return NOTHING
    const part = words[index]
    if (part === undefined) {
      // Stopped before a word was said: there is nothing to deliver, and the next question need not wait.
      if (words.length === 0 && (await deliveries.endEmpty(turn.id, clock.now()))) await wakeNext(turn)
      return givenTo(turn, incoming)
    }
    const rest = words.length - index - 1
    const said = rest > 0 ? `${part}\n\n${sayRest(parts, rest, turn.id)}` : await withNotice(part, turn)
    const { text, told } = await parts.loginNotices.after(said, turn.userId)
    const now = clock.now()
    if (await deliveries.handOver(turn.id, index, words, text, incoming, now)) {
      parts.meters.part(begun ? 'handed-over' : 'reply')
      if (rest === 0) parts.meters.delivered(begun ? 'handed-over' : 'reply', (now - turn.createdAt) / 1000)
      if (rest === 0) confirm(turn.id, incoming.gone)
      await told()
      await wakeNext(turn)
      return { kind: 'text', text }
    }
    return givenTo(turn, incoming)
  }

  /** What could not be pushed, and the user has not been told of, is mentioned if there is room for it. */
  const withNotice = async (text: string, turn: Turn): Promise<string> => {
    const untold = await deliveries.untoldParts(turn.userId, turn.id)
    if (untold === 0) return text
    const told = `${text}\n\n${parts.texts.untold(untold)}`
    return byteLength(told) <= PART_MAX_BYTES ? told : text
  }

  /** Another callback of the very same message was quicker: the same words. Else nothing, a push carries it. */
  const givenTo = async (turn: Turn, incoming: Incoming): Promise<Reply> => {
    const given = await parts.inbox.replyTo(incoming)
    if (given === undefined) return NOTHING
    confirm(turn.id, incoming.gone)
    return { kind: 'text', text: given }
  }

  /** The user's next question has waited for this answer to be on the phone. */
  const wakeNext = async ({ userId }: Turn): Promise<void> => {
    const next = await turns.frontOfLine(userId)
    if (next) await enqueue(next)
  }

  return carry
}
