import { z } from 'zod'
import type { Clock } from '../base/clock.ts'
import { type Script, type ScriptMessage, THOUGHTS, writeScript } from './script.ts'

/** A request the model was given, for tests to look at. `end` is `open` while it is being answered. */
export type ModelCall = {
  /** Milliseconds since the epoch. */
  at: number
  model: string
  stream: boolean
  messages: ScriptMessage[]
  /** What the answer may have at most; it is noted, and not kept to. */
  maxTokens: number | undefined
  end: 'open' | 'finished' | 'failed' | 'cut' | 'aborted'
}

/** `events`: server-sent events, ready to be written; `cut`: drop the connection; `no-answer`: the caller has gone. */
export type ModelAnswer =
  | { kind: 'json'; status: number; body: object }
  | { kind: 'events'; events: AsyncIterable<string | 'cut'> }
  | { kind: 'cut' }
  | { kind: 'no-answer' }

export type ScriptedModelOptions = {
  clock: Clock
  /** Pause between two pieces of a stream; 0 for none. */
  gapMs?: number
  /** Code points in one piece. */
  pieceLength?: number
}

/** An API key that starts like this is refused with 401, as is none at all. */
export const BAD_KEY_PREFIX = 'sk-bad'

export const MODELS = ['sandbox', 'sandbox-large']

const part = z.object({ type: z.string(), text: z.string().optional() })
const chatRequest = z.object({
  model: z.string().min(1),
  messages: z
    .array(
      z.object({
        role: z.string(),
        content: z.union([z.string(), z.array(part), z.null()]).optional(),
      }),
    )
    .min(1),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  max_tokens: z.int().positive().nullish(),
  max_completion_tokens: z.int().positive().nullish(),
})

type ChatRequest = z.infer<typeof chatRequest>

const textOf = (content: ChatRequest['messages'][number]['content']): string =>
  typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join('')

const ERROR_TYPES: Record<number, { type: string; code: string | null }> = {
  400: { type: 'invalid_request_error', code: null },
  401: { type: 'invalid_request_error', code: 'invalid_api_key' },
  403: { type: 'permission_error', code: null },
  404: { type: 'invalid_request_error', code: 'model_not_found' },
  429: { type: 'requests', code: 'rate_limit_exceeded' },
}

/** An error as OpenAI words it. Source: https://platform.openai.com/docs/guides/error-codes */
export const modelError = (status: number, message: string): ModelAnswer => {
  const { type, code } = ERROR_TYPES[status] ?? { type: 'server_error', code: null }
  return { kind: 'json', status, body: { error: { message, type, param: null, code } } }
}

/** Pieces of `length` code points: no surrogate pair is ever torn. */
const piecesOf = (text: string, length: number): string[] => {
  const points = Array.from(text)
  const count = Math.ceil(points.length / length)
  return Array.from({ length: count }, (_, i) => points.slice(i * length, (i + 1) * length).join(''))
}

type Delta = { role?: 'assistant'; content?: string; reasoning_content?: string }

/** A model that follows the phrases of `PHRASES`, behind OpenAI's chat completion API. */
export const createScriptedModel = ({ clock, gapMs = 0, pieceLength = 8 }: ScriptedModelOptions) => {
  const calls: ModelCall[] = []
  let faults: { status: number; times: number }[] = []
  let lastId = 0

  const deltasOf = (script: Script): Delta[] => {
    const pieces = (text: string) => piecesOf(text, pieceLength)
    const thoughts =
      script.reasoning === 'tags'
        ? pieces(`<think>\n${THOUGHTS}\n</think>\n\n`).map((content) => ({ content }))
        : script.reasoning === 'field'
          ? pieces(THOUGHTS).map((reasoning_content) => ({ reasoning_content }))
          : []
    return [...thoughts, ...pieces(script.text).map((content) => ({ content }))]
  }

  const usageOf = (call: ModelCall, deltas: Delta[]) => {
    const prompt_tokens = call.messages.reduce((sum, { text }) => sum + Array.from(text).length, 0)
    return { prompt_tokens, completion_tokens: deltas.length, total_tokens: prompt_tokens + deltas.length }
  }

  async function* stream(request: ChatRequest, script: Script, call: ModelCall, signal: AbortSignal) {
    const withUsage = request.stream_options?.include_usage === true
    const head = { ...nextHead(request.model), object: 'chat.completion.chunk' }
    const event = (choices: object[], usage: object | null = null) =>
      `data: ${JSON.stringify({ ...head, choices, ...(withUsage ? { usage } : {}) })}\n\n`
    const delta = (value: Delta, finish_reason: string | null = null) =>
      event([{ index: 0, delta: value, logprobs: null, finish_reason }])

    await clock.sleep(script.waitMs, signal)
    if (signal.aborted) return
    const deltas = deltasOf(script)
    const last = script.ending === 'cut' ? Math.ceil(deltas.length / 2) : deltas.length
    yield delta({ role: 'assistant', content: '' })
    for (const value of deltas.slice(0, last)) {
      const pauseMs = script.gapMs ?? gapMs
      if (pauseMs > 0) await clock.sleep(pauseMs, signal)
      if (signal.aborted) return
      yield delta(value)
    }
    if (script.ending === 'cut') {
      call.end = 'cut'
      yield 'cut' as const
      return
    }
    yield delta({}, script.ending)
    if (withUsage) yield event([], usageOf(call, deltas))
    call.end = 'finished'
    yield 'data: [DONE]\n\n'
  }

  const nextHead = (model: string) => {
    lastId += 1
    return { id: `chatcmpl-sandbox-${lastId}`, created: Math.floor(clock.now() / 1000), model }
  }

  const whole = (request: ChatRequest, script: Script, call: ModelCall): ModelAnswer => {
    const deltas = deltasOf(script)
    const join = (name: 'content' | 'reasoning_content') => deltas.map((value) => value[name] ?? '').join('')
    const reasoning = script.reasoning === 'field' ? { reasoning_content: join('reasoning_content') } : {}
    const message = { role: 'assistant', content: join('content'), refusal: null, ...reasoning }
    const choices = [{ index: 0, message, logprobs: null, finish_reason: script.ending }]
    const head = { ...nextHead(request.model), object: 'chat.completion' }
    return { kind: 'json', status: 200, body: { ...head, choices, usage: usageOf(call, deltas) } }
  }

  const refuseKey = (authorization: string | undefined): ModelAnswer | undefined => {
    const key = authorization?.match(/^Bearer (.+)$/)?.[1]
    if (!key) return modelError(401, 'You did not provide an API key.')
    return key.startsWith(BAD_KEY_PREFIX) ? modelError(401, 'Incorrect API key provided.') : undefined
  }

  const takeFault = (): number | undefined => {
    const [next] = faults
    if (next) next.times -= 1
    faults = faults.filter(({ times }) => times > 0)
    return next?.status
  }

  const untilGone = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve())
    })

  const perform = async (
    request: ChatRequest,
    call: ModelCall,
    signal: AbortSignal,
  ): Promise<ModelAnswer> => {
    const script = writeScript(call.messages)
    const status = takeFault() ?? script.status
    if (script.ending === 'never') {
      await untilGone(signal)
      return { kind: 'no-answer' }
    }
    if (status === undefined && request.stream)
      return { kind: 'events', events: stream(request, script, call, signal) }
    await clock.sleep(script.waitMs, signal)
    if (signal.aborted) return { kind: 'no-answer' }
    call.end = status !== undefined ? 'failed' : script.ending === 'cut' ? 'cut' : 'finished'
    if (status !== undefined) return modelError(status, `the scripted model was asked to fail with ${status}`)
    return script.ending === 'cut' ? { kind: 'cut' } : whole(request, script, call)
  }

  return {
    /** `POST /v1/chat/completions`. `signal` aborts when the caller has gone. */
    async complete(
      body: unknown,
      authorization: string | undefined,
      signal: AbortSignal,
    ): Promise<ModelAnswer> {
      const refused = refuseKey(authorization)
      if (refused) return refused
      const request = chatRequest.safeParse(body)
      if (!request.success) return modelError(400, z.prettifyError(request.error))
      const messages = request.data.messages.map(({ role, content }) => ({ role, text: textOf(content) }))
      const { model, stream: streamed } = request.data
      const call: ModelCall = {
        at: clock.now(),
        model,
        stream: streamed === true,
        messages,
        end: 'open',
        maxTokens: request.data.max_completion_tokens ?? request.data.max_tokens ?? undefined,
      }
      calls.push(call)
      if (calls.length > 1000) calls.shift()
      signal.addEventListener('abort', () => {
        if (call.end === 'open') call.end = 'aborted'
      })
      return perform(request.data, call, signal)
    },

    /** `GET /v1/models`. */
    list(authorization: string | undefined): ModelAnswer {
      const refused = refuseKey(authorization)
      if (refused) return refused
      const data = MODELS.map((id) => ({
        id,
        object: 'model',
        created: 1767225600,
        owned_by: 'yingda-sandbox',
      }))
      return { kind: 'json', status: 200, body: { object: 'list', data } }
    },

    /** Every request that was understood, oldest first, the last thousand. */
    calls: (): readonly ModelCall[] => calls,

    /** The next `times` requests fail with this HTTP status, whatever they say. */
    failNext(status: number, times = 1) {
      faults.push({ status, times })
    },
  }
}

export type ScriptedModel = ReturnType<typeof createScriptedModel>
