import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { AnswerFeed } from './answer-feed.ts'
import type { Deliveries } from './delivery.ts'
import { type PartsOf, planAtDoor } from './delivery-plan.ts'
import type { Inbox } from './inbox.ts'
import type { Incoming, Outcome, Reply } from './incoming.ts'
import type { Messenger } from './messenger.ts'
import { isFinished, type Turn, type Turns } from './turn.ts'
import type { TurnQueue } from './turn-queue.ts'

export type TrunkParts = {
  inbox: Inbox
  rulebook: (incoming: Incoming) => Promise<Outcome>
  turns: Pick<Turns, 'find'>
  deliveries: Pick<Deliveries, 'find' | 'reply' | 'closeDoor'>
  queue: Pick<TurnQueue, 'add'>
  feed: Pick<AnswerFeed, 'read'>
  messenger: Pick<Messenger, 'mayPush' | 'showTyping'>
  partsOf: PartsOf
  clock: Clock
  log: Log
}

const NOTHING: Reply = { kind: 'none' }

/** One message from the door to its reply: open or rejoin, rules, then wait for the answer until the door closes. */
export const createTrunk = (parts: TrunkParts) => {
  const { inbox, turns, deliveries, queue, messenger, clock, log } = parts
  const deciding = new Map<string, Promise<Decision>>()

  /** A retry that arrives while its twin is still being decided shares the twin's decision. */
  const decideOnce = (incoming: Incoming): Promise<Decision> => {
    const key = `${incoming.person.account}\n${incoming.person.openid}\n${incoming.messageKey}`
    const running = deciding.get(key)
    if (running) return running.then((decision) => ({ ...decision, isNew: false }))
    const decision = decide(incoming).finally(() => deciding.delete(key))
    deciding.set(key, decision)
    return decision
  }

  const decide = async (incoming: Incoming): Promise<Decision> => {
    const isNew = await inbox.open(incoming)
    const turnId = isNew ? undefined : await inbox.turnOf(incoming)
    // A known message without a turn was a command, or its process died before the turn was committed: rules may
    // run twice for one message, and the turn's own unique key keeps a question single.
    const outcome: Outcome = turnId ? { kind: 'question', turnId } : await parts.rulebook(incoming)
    return { outcome, isNew }
  }

  const carry = async (turnId: string, isNew: boolean, incoming: Incoming): Promise<Reply> => {
    let turn = isNew ? undefined : await turns.find(turnId)
    if (!isFinished(turn)) {
      // Also for a retry: adding an id that waits already is harmless, and mends a queue that lost it.
      await queue
        .add(turnId)
        .catch((err) => log.error({ err, turnId }, 'queueing failed, the sweep will do it'))
      await untilAnswered(parts, turnId, incoming.doorClosesAt)
      turn = await turns.find(turnId)
    }
    if (!isFinished(turn)) {
      const closed = await deliveries.closeDoor(turnId, clock.now())
      // The answer may have been stored between the last look and the closing; then nobody else will carry it.
      turn = await turns.find(turnId)
      if (!isFinished(turn)) {
        if (closed && messenger.mayPush()) void messenger.showTyping(incoming.person.openid)
        return NOTHING
      }
    }
    return handOver(turn)
  }

  const handOver = async (turn: Turn): Promise<Reply> => {
    const words = parts.partsOf(turn)
    if (planAtDoor(words.length, messenger.mayPush()) === 'push') return NOTHING
    if (await deliveries.reply(turn.id, words, clock.now())) return textOf(words)
    // Lost to a push, or this is the retry of a callback whose reply never reached WeChat: then the same again.
    const delivery = await deliveries.find(turn.id)
    const carried = delivery?.status === 'replied' || delivery?.status === 'held'
    return carried && delivery.partsSent > 0 ? textOf(delivery.parts) : NOTHING
  }

  return {
    async receive(incoming: Incoming): Promise<Reply> {
      const { outcome, isNew } = await decideOnce(incoming)
      switch (outcome.kind) {
        case 'say':
          return { kind: 'text', text: outcome.text }
        case 'nothing':
          return NOTHING
        case 'question':
          return carry(outcome.turnId, isNew, incoming)
      }
    },
  }
}

export type Trunk = ReturnType<typeof createTrunk>

type Decision = { outcome: Outcome; isNew: boolean }

const textOf = ([first]: string[]): Reply => (first ? { kind: 'text', text: first } : NOTHING)

/** Returns when the feed says that the turn has ended, at the latest when the door closes. */
const untilAnswered = async (
  { feed, clock, log }: Pick<TrunkParts, 'feed' | 'clock' | 'log'>,
  turnId: string,
  doorClosesAt: number,
): Promise<void> => {
  const door = new AbortController()
  const closing = clock.sleep(Math.max(0, doorClosesAt - clock.now()), door.signal).then(() => door.abort())
  try {
    for await (const { event } of feed.read(turnId, { signal: door.signal }))
      if (event.type === 'finish' || event.type === 'error') return
  } catch (err) {
    log.error({ err, turnId }, 'the answer feed failed, waiting for the database alone')
    await closing
  } finally {
    door.abort()
  }
}
