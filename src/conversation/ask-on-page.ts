import { createHash } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import type { Ids } from '../base/ids.ts'
import type { User } from '../identity/user.ts'
import type { Conversations } from './conversations.ts'
import type { Enqueue } from './enqueue.ts'
import type { Outcome, Refusal } from './incoming.ts'
import type { Models } from './models.ts'
import type { Question } from './question.ts'
import type { Refuse } from './refusals.ts'
import type { SecretsInText } from './secrets/secrets-in-text.ts'
import type { Texts } from './texts.ts'
import { usableModels } from './usable-models.ts'

export type AskedOnPage = {
  user: User
  conversationId: string
  text: string
  /** For this question alone; undefined: the user's own choice. */
  model: string | undefined
  /** Names the act: the same one again is the same question. */
  idempotencyKey: string | undefined
}

/**
 * refused: by a rule, `text` is for the user · no-conversation: none of theirs · key-reused: the key belongs to a question in
 * another conversation · gone: the user was erased meanwhile.
 */
export type Asked =
  | { ok: true; turnId: string }
  | { ok: false; reason: 'refused'; refusal: Refusal; text: string }
  | { ok: false; reason: 'no-conversation' | 'key-reused' | 'gone' }

/** A question of the page walks the guards that one of WeChat walks, and waits in the same queue. */
export const createAskOnPage = (parts: {
  /** The guards, and the question behind them. */
  ask: (question: Question) => Promise<Outcome>
  conversations: Pick<Conversations, 'find' | 'turnOf'>
  models: Pick<Models, 'list' | 'ownKeyChannels'>
  enqueue: Enqueue
  refuse: Refuse
  secrets: Pick<SecretsInText, 'kindIn'>
  texts: Pick<Texts, 'modelGone'>
  ids: Pick<Ids, 'next'>
  clock: Pick<Clock, 'now'>
}) => {
  const { conversations } = parts

  const modelGone = async (userId: string, model: string): Promise<Asked> => {
    // Whatever may stand there is noted and logged but for a secret.
    const named = parts.secrets.kindIn(model) === undefined ? model : undefined
    const refusal = await parts.refuse('model', userId, { model: named })
    return { ok: false, reason: 'refused', refusal, text: parts.texts.modelGone(model, refusal.code) }
  }

  const ask = async (asked: AskedOnPage, messageKey: string): Promise<Asked> => {
    const { user, conversationId, text, model } = asked
    const now = parts.clock.now()
    const outcome = await parts.ask({
      ...{ person: { account: user.account, openid: user.openid }, messageKey },
      ...{ said: { kind: 'text', text }, text, onPage: true, receivedAt: now, doorClosesAt: now },
      user: { ...user, conversationId, model: model ?? user.model },
    })
    switch (outcome.kind) {
      case 'question':
        await parts.enqueue(outcome.turnId)
        return { ok: true, turnId: outcome.turnId }
      case 'say':
        return outcome.refusal
          ? { ok: false, reason: 'refused', refusal: outcome.refusal, text: outcome.text }
          : { ok: false, reason: 'gone' }
      case 'nothing':
      case 'more':
        throw new Error(`a question of the page became ${outcome.kind}`)
    }
  }

  return async (asked: AskedOnPage): Promise<Asked> => {
    const { user, conversationId, model, idempotencyKey } = asked
    if (!(await conversations.find(user.id, conversationId))) return { ok: false, reason: 'no-conversation' }
    const messageKey = pageMessageKey(idempotencyKey ?? parts.ids.next('trc'))
    // Before the guards: a repeat is neither counted nor refused.
    const known = idempotencyKey === undefined ? undefined : await conversations.turnOf(user.id, messageKey)
    if (known && known.conversationId !== conversationId) return { ok: false, reason: 'key-reused' }
    if (known) {
      await parts.enqueue(known.id)
      return { ok: true, turnId: known.id }
    }
    if (model !== undefined && !usableModels(parts.models, user).some(({ id }) => id === model))
      return modelGone(user.id, model)
    try {
      return await ask(asked, messageKey)
    } catch (err) {
      if (!(await conversations.find(user.id, conversationId)))
        return { ok: false, reason: 'no-conversation' }
      throw err
    }
  }
}

export type AskOnPage = ReturnType<typeof createAskOnPage>

/** An act on the page as a message's key; what WeChat's messages are known by begins otherwise. */
export const pageMessageKey = (act: string): string =>
  `w:${createHash('sha256').update(act).digest('base64url')}`
