import { ChannelError, type ChannelFault } from '../base/channel-error.ts'
import type { Clock } from '../base/clock.ts'
import type { Ids } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import type { FinishReason } from '../llm/channel.ts'
import { fitPrompt } from '../llm/prompt.ts'
import { withoutStrayReasoning } from '../llm/stray-reasoning.ts'
import { BlockedWordError } from '../words/blocked-word-error.ts'
import { filterStream } from '../words/filter-stream.ts'
import type { Matcher } from '../words/matcher.ts'
import type { AnswerFeed, FeedEvent } from './answer-feed.ts'
import { createDeltaPublisher } from './delta-publisher.ts'
import type { Meters } from './meters.ts'
import type { OpenedModel } from './models.ts'
import { saysSomething } from './plain-text.ts'
import type { Refuse } from './refusals.ts'
import type { Texts } from './texts.ts'
import type { Answered, Ended, TokenUsage, Turn, TurnEnd, TurnEnding, TurnFailure, Turns } from './turn.ts'
import { untilStored } from './until-stored.ts'

export type AnswerParts = {
  turns: Pick<Turns, 'find' | 'renew' | 'end' | 'history'>
  feed: Pick<AnswerFeed, 'publish'>
  openModel: OpenModel
  matcher: () => Matcher
  refuse: Refuse
  countTokens: (text: string) => Promise<number>
  texts: Pick<Texts, 'systemPrompt'>
  meters: Pick<Meters, 'turnEnded' | 'firstToken'>
  ids: Ids
  clock: Clock
  log: Log
  turnTimeoutMs: number
}

/** The way to a model for this turn, or why there is none. */
export type OpenModel = (turn: Turn) => Promise<OpenedModel | { failure: TurnFailure }>

/** A worker that dies is noticed when its lease runs out. */
export const LEASE_MS = 10_000
/** A living one renews it, and learns by that whether the user has had enough. */
const RENEW_EVERY_MS = 1000
/** A turn that took down its worker this often is not tried again. */
const MAX_ATTEMPTS = 12
const HISTORY_TURNS = 50

/**
 * Answers a claimed turn: prompt, stream into the feed, store. A failing model ends the turn with an apology; what
 * was said before it failed, or before the user stopped it, is kept. Returns how the turn ended, or undefined when the lease was lost meanwhile.
 */
export const createAnswerTurn = (parts: AnswerParts) => {
  const { turns, feed, clock, log } = parts

  /** What was stored when nothing was heard of it. */
  const endedBefore = async (turn: Turn, ended: TurnEnd, endedAt: number): Promise<Ended | undefined> => {
    const found = await turns.find(turn.id)
    if (found?.attempt !== turn.attempt || found.endedAt !== endedAt) return undefined
    const { charged, shown } = found
    const how = found.status === 'answered' && ended.status === 'failed' ? ended.ifShown : ended
    return how && { ...how, charged, shown }
  }

  const end = async (turn: Turn, ended: TurnEnd): Promise<Turn | undefined> => {
    const endedAt = clock.now()
    const stored = await untilStored(parts, turn.id, async (again) => {
      const now = await turns.end(turn.id, turn.attempt, ended, endedAt)
      return now ?? (again ? endedBefore(turn, ended, endedAt) : undefined)
    })
    if (!stored) return undefined
    parts.meters.turnEnded(outcomeOf(stored))
    const event: FeedEvent =
      stored.status === 'answered' ? { type: 'finish' } : { type: 'error', code: stored.failure }
    await feed
      .publish(turn.id, event)
      .catch((err) => log.warn({ err, turnId: turn.id }, 'the end was not published'))
    return { ...turn, ...stored, endedAt }
  }

  const fail = async (
    turn: Turn,
    failure: TurnFailure,
    how: { asked?: boolean; err?: unknown; ifShown?: Answered | undefined } = {},
  ): Promise<Turn | undefined> => {
    const { err, ifShown } = how
    const spent = how.asked === true && BY_THE_PERSON[failure]
    if (err instanceof BlockedWordError) {
      const { word, line } = err
      const { code } = await parts.refuse('answer-words', turn.userId, { word, line, turnId: turn.id })
      return end(turn, { status: 'failed', failure, refusalCode: code, spent })
    }
    const refusalCode = parts.ids.refusalCode()
    if (failure !== 'stopped')
      log.error({ turnId: turn.id, failure, refusalCode, ...(err ? { err } : {}) }, 'a turn failed')
    return end(turn, { status: 'failed', failure, refusalCode, spent, ifShown })
  }

  return async (turn: Turn): Promise<Turn | undefined> => {
    if (turn.attempt > MAX_ATTEMPTS) return fail(turn, 'gave-up')
    // Stopped while it waited, for the first time or after a worker died: nobody wants it any more.
    if (turn.stopRequested) return fail(turn, 'stopped', { asked: turn.attempt > 1 })
    const opened = await parts.openModel(turn)
    if ('failure' in opened) return fail(turn, opened.failure)
    const { channel, name } = opened

    const watch = watchTurn(parts, turn)
    const deltas = createDeltaPublisher(feed, turn.id, log)
    /** All that went out. */
    let said = ''
    /** What is kept of it, once it has come to its end. */
    let cleared: string | undefined
    let ending: TurnEnding = 'whole'
    let hasThought = false
    let usage: TokenUsage | undefined
    let answeredBy = channel.code
    const answered = (answer: string): Answered => ({
      status: 'answered',
      ending,
      answer,
      channel: answeredBy,
      model: name,
      usage,
    })
    try {
      deltas.start()
      const request = {
        model: name,
        messages: await promptFor(parts, turn, opened.contextTokens),
        signal: watch.signal,
      }
      for await (const part of filterStream(channel.stream(request), parts.matcher())) {
        if (part.type === 'text') {
          if (said === '') parts.meters.firstToken((clock.now() - turn.createdAt) / 1000)
          said += part.text
          deltas.add(part.text)
        } else if (part.type === 'reasoning') hasThought = true
        else {
          ending = ENDINGS[part.reason]
          usage = part.usage
          answeredBy = part.channel ?? answeredBy
        }
      }
      // Some channels end their stream quietly when they are aborted.
      watch.signal.throwIfAborted()
      cleared = withoutStrayReasoning(said)
      if (!saysSomething(cleared)) throw new ChannelError(channel.code, 'empty-answer', 'no text')
    } catch (err) {
      const why = watch.abortedBy()
      if (why === 'lost') return undefined
      if (err instanceof ChannelError) answeredBy = err.channel
      // Asked again it would think as long again.
      const isOnlyThought = hasThought && why === undefined && ending === 'too-long'
      const failure = isOnlyThought ? 'thought-too-long' : failureOf(turn, err, why)
      // Words that may not be said take the rest of the answer with them.
      if (err instanceof BlockedWordError) return await fail(turn, failure, { asked: true, err })
      if (cleared === undefined) ending = why === 'stop' ? 'stopped' : 'cut-off'
      cleared ??= withoutStrayReasoning(said)
      // Nothing that could be carried to a phone; but on the page somebody may have read what went out.
      if (!saysSomething(cleared)) {
        const ifShown = said.trim() === '' ? undefined : answered(said)
        return await fail(turn, failure, { asked: true, err, ifShown })
      }
      log.warn(
        { turnId: turn.id, ending, ...(why ? {} : { err }) },
        'the answer broke off, what was said is kept',
      )
    } finally {
      watch.end()
      await deltas.done()
    }
    return end(turn, answered(cleared))
  }
}

/** What a person can bring about at the operator's cost. The rest is the model's fault, or ours. */
const BY_THE_PERSON: { readonly [failure in TurnFailure]: boolean } = {
  'empty-answer': true,
  'timed-out': true,
  'thought-too-long': true,
  stopped: true,
  blocked: true,
  'model-failed': false,
  'no-channel': false,
  'gave-up': false,
  'own-key-failed': false,
  'model-gone': false,
  undelivered: false,
}

const ENDINGS: Record<FinishReason, TurnEnding> = {
  stop: 'whole',
  length: 'too-long',
  'content-filter': 'cut-off',
  'broken-off': 'cut-off',
}

const outcomeOf = (end: Ended) => {
  if (end.status === 'failed') return end.failure === 'stopped' ? 'stopped' : 'failed'
  return end.ending === 'whole' ? 'answered' : end.ending
}

const promptFor = async (
  { turns, texts, countTokens }: AnswerParts,
  turn: Turn,
  contextTokens: number | undefined,
) =>
  fitPrompt({
    system: texts.systemPrompt,
    history: await turns.history(turn.conversationId, turn.id, HISTORY_TURNS),
    question: turn.question,
    contextTokens,
    countTokens,
  })

type AbortedBy = 'timed-out' | 'lost' | 'stop'

/** Another key would have met the same: nobody is told to look at a key that is well. */
const NOT_OF_THE_KEY: readonly ChannelFault[] = ['content-filter', 'too-long', 'empty-answer', 'timeout']

const failureOf = (turn: Turn, err: unknown, abortedBy: AbortedBy | undefined): TurnFailure => {
  if (err instanceof BlockedWordError) return 'blocked'
  if (abortedBy === 'timed-out') return 'timed-out'
  if (abortedBy === 'stop') return 'stopped'
  if (turn.cost.ownKey)
    return err instanceof ChannelError && NOT_OF_THE_KEY.includes(err.fault)
      ? 'model-failed'
      : 'own-key-failed'
  return err instanceof ChannelError && err.fault === 'empty-answer' ? 'empty-answer' : 'model-failed'
}

/** Renews the lease while the answer runs; aborts it when the time is up, the lease is lost or the user stops it. */
const watchTurn = ({ turns, clock, log, turnTimeoutMs }: AnswerParts, turn: Turn) => {
  const running = new AbortController()
  const watching = new AbortController()
  let abortedBy: AbortedBy | undefined
  const abort = (why: AbortedBy) => {
    if (watching.signal.aborted || abortedBy) return
    abortedBy = why
    running.abort(new Error(`answer ${why}`))
  }

  const renew = async () => {
    for (;;) {
      await clock.sleep(RENEW_EVERY_MS, watching.signal)
      if (watching.signal.aborted) return
      const lease = await turns.renew(turn.id, turn.attempt, clock.now() + LEASE_MS).catch((err) => {
        log.warn({ err, turnId: turn.id }, 'the lease was not renewed, trying again')
        return 'held'
      })
      if (lease === 'lost' || lease === 'stop') return abort(lease)
    }
  }
  void renew()
  void clock.sleep(turnTimeoutMs, watching.signal).then(() => abort('timed-out'))

  return { signal: running.signal, abortedBy: () => abortedBy, end: () => watching.abort() }
}
