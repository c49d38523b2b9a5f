import { setTimeout as pause } from 'node:timers/promises'
import type { FinishReason, StreamPart, Usage } from '../../llm/channel.ts'
import { complaintIn, ProviderRefusal, WebPageError } from './complaint.ts'
import { finishReasonOf } from './finish-reason.ts'
import { isRecord, type JsonRecord, recordOf } from './json-record.ts'
import type { Frame } from './read-frames.ts'
import { type Spoken, spokenIn } from './spoken.ts'

/** What comes after the reason to end is the usage, at once; some never hang up. */
const AFTER_REASON_MS = 1000
/** Some give a reason with every word. */
const AFTER_REASON_AND_WORDS_MS = 5000
/** The end of the body comes with the last frame; read to it, the connection can be used again. */
const AFTER_DONE_MS = 200

/**
 * What a stream of frames says, ending with the finish part. `channel`: who says it. Throws a ProviderRefusal when the
 * provider complains before it has said that it is done, and whatever reading throws until then.
 */
export async function* partsOf(frames: AsyncIterable<Frame>, channel: string): AsyncGenerator<StreamPart> {
  const iterator = frames[Symbol.asyncIterator]()
  const heard: Heard = {
    text: '',
    hasDeltas: false,
    isDone: false,
    isSpeaking: false,
    isCounted: false,
    reason: undefined,
    usage: undefined,
  }
  const waitMs = () => {
    if (heard.isDone) return AFTER_DONE_MS
    if (!heard.reason) return undefined
    return heard.isSpeaking ? AFTER_REASON_AND_WORDS_MS : AFTER_REASON_MS
  }
  for (;;) {
    const next = await nextWithin(iterator, waitMs())
    if (next === undefined || next.done) break
    if (!heard.isDone) yield* hear(next.value, heard)
  }
  // A stream that just closes was not ended by the model; one that was counted up was.
  const reason = heard.reason ?? (heard.isDone || heard.isCounted ? 'stop' : 'broken-off')
  yield heard.usage
    ? { type: 'finish', reason, channel, usage: heard.usage }
    : { type: 'finish', reason, channel }
}

/** All there was so far. */
type Heard = {
  text: string
  hasDeltas: boolean
  isDone: boolean
  /** The last frame had words. */
  isSpeaking: boolean
  /** The last frame had nothing but the usage. */
  isCounted: boolean
  reason: FinishReason | undefined
  usage: Usage | undefined
}

/** With a limit nothing is thrown either: what matters has been said. */
const nextWithin = async (
  iterator: AsyncIterator<Frame>,
  waitMs: number | undefined,
): Promise<IteratorResult<Frame> | undefined> => {
  if (waitMs === undefined) return iterator.next()
  const waiting = new AbortController()
  const late = pause(waitMs, undefined, { signal: waiting.signal, ref: false }).catch(() => undefined)
  try {
    return await Promise.race([iterator.next().catch(() => undefined), late])
  } finally {
    waiting.abort()
  }
}

function* hear(frame: Frame, heard: Heard): Generator<StreamPart> {
  if (frame.type === 'done') heard.isDone = true
  else if (frame.type === 'page') throw new WebPageError()
  else if (frame.type === 'plain') throw new ProviderRefusal(200, frame.text)
  else {
    const value = recordOf(frame.value)
    const choice = choiceOf(value)
    const { text, thought, isAlive } = saidIn(value, choice, heard)
    if (isAlive) yield { type: 'reasoning', text: thought }
    if (text !== '') {
      heard.text += text
      yield { type: 'text', text }
    }
    if (!heard.reason && (frame.event.toLowerCase() === 'error' || complaintIn(value, choice)))
      throw new ProviderRefusal(200, frame.value)
    const reason = reasonIn(value, choice)
    if (!heard.reason || heard.reason === 'stop') heard.reason = reason ?? heard.reason
    const usage = usageIn(value)
    heard.usage = usage ?? heard.usage
    heard.isSpeaking = text !== ''
    heard.isCounted = usage !== undefined && choice === value && text === '' && !isAlive
  }
}

/** The first choice, wherever it stands; else the frame speaks for itself. */
const choiceOf = (value: JsonRecord): JsonRecord => {
  const lists = [
    value.choices,
    recordOf(value.output).choices,
    value.candidates,
    recordOf(value.data).choices,
  ]
  for (const list of lists) {
    const choice: unknown = Array.isArray(list) ? list.find(isRecord) : undefined
    if (isRecord(choice)) return choice
  }
  return value
}

const NOTHING: Spoken = { text: '', thought: '', isAlive: false }

const saidIn = (value: JsonRecord, choice: JsonRecord, heard: Heard): Spoken => {
  const { delta, message } = choice
  if (delta !== undefined && delta !== null) {
    heard.hasDeltas = true
    return spokenIn(delta)
  }
  if (isRecord(message)) {
    const spoken = spokenIn(message)
    // With `done` beside it, it is a piece like a delta; else the whole text, or all of it so far.
    return typeof value.done === 'boolean' ? spoken : { ...spoken, text: newIn(spoken.text, heard) }
  }
  if (choice !== value) return spokenIn(choice)
  // No frame of a stream speaks by its message: that is how errors are told.
  return typeof value.done === 'boolean' || isRecord(value.output) ? spokenIn(value.output ?? value) : NOTHING
}

/** Some send the whole message after its deltas, some all of it so far each time. */
const newIn = (message: string, { text, hasDeltas }: Heard): string => {
  if (text === '') return message
  if (message.startsWith(text)) return message.slice(text.length)
  return hasDeltas ? '' : message
}

const reasonIn = (value: JsonRecord, choice: JsonRecord): FinishReason | undefined => {
  const said = [choice, recordOf(choice.delta), value, recordOf(value.delta), recordOf(value.output)].flatMap(
    (each) => [each.finish_reason, each.finishReason, each.stop_reason, each.done_reason],
  )
  const feedback = recordOf(value.promptFeedback ?? value.prompt_feedback)
  if (feedback.blockReason ?? feedback.block_reason) return 'content-filter'
  const reason = said.map(finishReasonOf).find((each) => each !== undefined)
  const isOver = value.done === true || value.is_end === true || value.type === 'message_stop'
  // A whole completion needs no reason to be whole.
  const isWhole = value.object === 'chat.completion' && isRecord(choice.message)
  return reason ?? (isOver || isWhole ? 'stop' : undefined)
}

const usageIn = (value: JsonRecord): Usage | undefined => {
  const usage = value.usage ?? value.usageMetadata ?? recordOf(value.x_groq).usage
  if (!isRecord(usage)) return undefined
  return {
    promptTokens: tokens(usage.prompt_tokens ?? usage.input_tokens ?? usage.promptTokenCount),
    completionTokens: tokens(usage.completion_tokens ?? usage.output_tokens ?? usage.candidatesTokenCount),
  }
}

const tokens = (count: unknown): number =>
  typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? count : 0
