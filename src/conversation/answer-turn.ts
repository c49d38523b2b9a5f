import { ChannelError } from '../base/channel-error.ts'
import type { Clock } from '../base/clock.ts'
import type { Ids } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import type { Channel, ChannelRequest } from '../llm/channel.ts'
import { hideReasoning } from '../llm/hide-reasoning.ts'
import { fitPrompt } from '../llm/prompt.ts'
import type { AnswerFeed } from './answer-feed.ts'
import { createDeltaPublisher } from './delta-publisher.ts'
import { toPlainText } from './plain-text.ts'
import type { Texts } from './texts.ts'
import type { TokenUsage, Turn, TurnEnd, TurnFailure, Turns } from './turn.ts'

export type AnswerParts = {
  turns: Pick<Turns, 'renew' | 'end' | 'history'>
  feed: Pick<AnswerFeed, 'publish'>
  /** Undefined while the operator has configured none. */
  model: { channel: Channel; name: string } | undefined
  countTokens: (text: string) => number
  texts: Texts
  ids: Ids
  clock: Clock
  log: Log
  turnTimeoutMs: number
}

/** A worker that dies is noticed when its lease runs out; a living one renews it three times as often. */
export const LEASE_MS = 30_000
/** A turn that took down its worker this often is not tried again. */
const MAX_ATTEMPTS = 5
const HISTORY_TURNS = 50
const PROMPT_TOKENS = 6000

/**
 * Answers a claimed turn: prompt, stream into the feed, store. A failing model ends the turn with an apology; what
 * was said before it failed is kept. Returns how the turn ended, or undefined when the lease was lost meanwhile.
 */
export const createAnswerTurn = (parts: AnswerParts) => {
  const { turns, feed, clock, log } = parts

  const end = async (turn: Turn, ended: TurnEnd): Promise<Turn | undefined> => {
    if (!(await turns.end(turn.id, turn.attempt, ended, clock.now()))) return undefined
    const event =
      ended.status === 'answered'
        ? { type: 'finish' as const }
        : { type: 'error' as const, code: ended.failure }
    await feed
      .publish(turn.id, event)
      .catch((err) => log.warn({ err, turnId: turn.id }, 'the end was not published'))
    return { ...turn, ...ended }
  }

  const fail = (turn: Turn, failure: TurnFailure, err?: unknown): Promise<Turn | undefined> => {
    const refusalCode = parts.ids.refusalCode()
    log.error({ turnId: turn.id, failure, refusalCode, ...(err ? { err } : {}) }, 'a turn failed')
    return end(turn, { status: 'failed', failure, refusalCode })
  }

  return async (turn: Turn): Promise<Turn | undefined> => {
    if (turn.attempt > MAX_ATTEMPTS) return fail(turn, 'gave-up')
    const { model } = parts
    if (!model) return fail(turn, 'no-channel')

    const watch = watchTurn(parts, turn)
    const deltas = createDeltaPublisher(feed, turn.id, log)
    let answer = ''
    let usage: TokenUsage | undefined
    try {
      deltas.start()
      const request = { model: model.name, messages: await promptFor(parts, turn), signal: watch.signal }
      for await (const part of streamOf(model.channel, request)) {
        if (part.type === 'text') {
          answer += part.text
          deltas.add(part.text)
        } else if (part.type === 'finish') usage = part.usage
      }
      // Some channels end their stream quietly when they are aborted.
      watch.signal.throwIfAborted()
      if (toPlainText(answer) === '') throw new ChannelError(model.channel.code, 'empty-answer', 'no text')
    } catch (err) {
      if (watch.lostLease()) return undefined
      if (toPlainText(answer) === '') return await fail(turn, failureOf(err, watch.timedOut()), err)
      log.warn({ err, turnId: turn.id }, 'the answer broke off, what was said is kept')
      answer += `\n\n${parts.texts.cutOff}`
    } finally {
      watch.stop()
      await deltas.done()
    }
    return end(turn, { status: 'answered', answer, channel: model.channel.code, model: model.name, usage })
  }
}

const streamOf = (channel: Channel, request: ChannelRequest) => hideReasoning(channel.stream(request))

const promptFor = async ({ turns, texts, countTokens }: AnswerParts, turn: Turn) =>
  fitPrompt({
    system: texts.systemPrompt,
    history: await turns.history(turn.conversationId, turn.id, HISTORY_TURNS),
    question: turn.question,
    maxTokens: PROMPT_TOKENS,
    countTokens,
  })

const failureOf = (err: unknown, timedOut: boolean): TurnFailure => {
  if (timedOut) return 'timed-out'
  return err instanceof ChannelError && err.fault === 'empty-answer' ? 'empty-answer' : 'model-failed'
}

/** Renews the lease while the answer runs; aborts it when the time is up or the lease is lost. */
const watchTurn = ({ turns, clock, log, turnTimeoutMs }: AnswerParts, turn: Turn) => {
  const running = new AbortController()
  const watching = new AbortController()
  let state: 'running' | 'timed-out' | 'lost' = 'running'
  const abort = (why: 'timed-out' | 'lost') => {
    if (watching.signal.aborted) return
    state = why
    running.abort(new Error(`answer ${why}`))
  }

  const renew = async () => {
    while (!watching.signal.aborted) {
      await clock.sleep(LEASE_MS / 3, watching.signal)
      if (watching.signal.aborted) return
      const held = await turns.renew(turn.id, turn.attempt, clock.now() + LEASE_MS).catch((err) => {
        log.warn({ err, turnId: turn.id }, 'the lease was not renewed, trying again')
        return true
      })
      if (!held) return abort('lost')
    }
  }
  void renew()
  void clock.sleep(turnTimeoutMs, watching.signal).then(() => abort('timed-out'))

  return {
    signal: running.signal,
    timedOut: () => state === 'timed-out',
    lostLease: () => state === 'lost',
    stop: () => watching.abort(),
  }
}
