import type { Ids } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import type { Deliveries } from './delivery.ts'
import type { Outcome } from './incoming.ts'
import type { Question } from './question.ts'
import type { Refuse } from './refusals.ts'
import type { SecretsInText } from './secrets/secrets-in-text.ts'
import type { Texts } from './texts.ts'
import type { Begun, Turns, WaitingTurn } from './turn.ts'
import type { TurnQueue } from './turn-queue.ts'

export type AskParts = {
  turns: Pick<Turns, 'begin' | 'append' | 'unfinishedOf'>
  deliveries: Pick<Deliveries, 'release'>
  queue: Pick<TurnQueue, 'add'>
  ids: Ids
  log: Log
  refuse: Refuse
  secrets: Pick<SecretsInText, 'kindIn'>
  texts: Pick<Texts, 'tooManyWaiting' | 'noCalls' | 'noCallsToday' | 'forgotten' | 'cardSeen' | 'keySeen'>
  /** Short texts that follow each other within this time, before answering began, are one question. 0: never. */
  mergeWithinMs: () => number
  /** There are calls for nothing every day, so that tomorrow is a next step. */
  hasDailyCalls: boolean
}

/** One is being answered, these may wait. */
const MAX_WAITING = 3
const SHORT_CHARS = 200
const FOR_NOTHING = { model: undefined, price: 0, ownKey: false }

/** Makes a question a turn, committed and paid for before the door answers. */
export const createAsk = (parts: AskParts) => {
  const enqueue = (id: string): Promise<void> =>
    parts.queue
      .add(id)
      .catch((err) => parts.log.info({ err, turnId: id }, 'queueing failed, the sweep will do it'))

  const mergeInto = async (waiting: WaitingTurn[], question: Question): Promise<Outcome | undefined> => {
    const last = waiting.at(-1)
    if (!last || last.onPage || last.status === 'answering') return undefined
    if (question.text.length > SHORT_CHARS) return undefined
    if (last.question.length > SHORT_CHARS) return undefined
    if (question.receivedAt - last.createdAt > parts.mergeWithinMs()) return undefined
    // Two halves of a secret, or its name and then itself.
    const kind = parts.secrets.kindIn(`${last.question}\n${question.text}`)
    if (kind !== undefined) return secretRefused(kind, question)
    // The callback of the question it was added to carries the answer.
    return (await parts.turns.append(last.id, question.text, question)) ? { kind: 'nothing' } : undefined
  }

  const secretRefused = async (kind: 'card' | 'key', { user }: Question): Promise<Outcome> => {
    const refusal = await parts.refuse(`${kind}-in-text`, user.id, {})
    return { kind: 'say', text: kind === 'card' ? parts.texts.cardSeen : parts.texts.keySeen, refusal }
  }

  const refused = async ({ user, cost }: Question, why: Exclude<Begun, { ok: true }>): Promise<Outcome> => {
    switch (why.reason) {
      case 'too-many-waiting': {
        const { waiting } = why
        const refusal = await parts.refuse('waiting', user.id, { waiting, maxWaiting: MAX_WAITING })
        return { kind: 'say', text: parts.texts.tooManyWaiting(waiting, refusal.code), refusal }
      }
      case 'no-calls': {
        const { left } = why
        const price = cost?.price ?? 0
        const refusal = await parts.refuse('quota', user.id, { price, left, model: cost?.model })
        const say = parts.hasDailyCalls ? parts.texts.noCallsToday : parts.texts.noCalls
        return { kind: 'say', text: say(price, left, refusal.code), refusal }
      }
      case 'gone':
        return { kind: 'say', text: parts.texts.forgotten }
      case 'no-conversation':
        // Whoever tries again, as WeChat does, asks in the user's new one.
        throw new Error('the conversation was deleted while a question was asked in it')
    }
  }

  /** What WeChat would not take before can be sent now that they wrote there, and comes before the new answer. */
  const releaseHeld = async (userId: string, now: number): Promise<void> => {
    for (const id of await parts.deliveries.release(userId, now)) await enqueue(id)
  }

  return async (question: Question): Promise<Outcome> => {
    const { user, text, again = false, cost = FOR_NOTHING } = question
    if (!again && !question.onPage && parts.mergeWithinMs() > 0) {
      const merged = await mergeInto(await parts.turns.unfinishedOf(user.id), question)
      if (merged) return merged
    }
    if (!question.onPage) await releaseHeld(user.id, question.receivedAt)
    const begun = await parts.turns.begin({
      ...{ id: parts.ids.next('trn'), userId: user.id, conversationId: user.conversationId },
      ...{ question: text, incoming: question, cost, maxWaiting: MAX_WAITING },
    })
    if (!begun.ok) return refused(question, begun)
    return { kind: 'question', turnId: begun.id }
  }
}

export type Ask = ReturnType<typeof createAsk>
