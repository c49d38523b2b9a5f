import OpenAI from 'openai'
import { ChannelError, type ChannelFault } from '../../base/channel-error.ts'
import type { Channel, ChannelRequest, StreamPart } from '../../llm/channel.ts'

export type OpenAiChannelSettings = {
  code: string
  /** Undefined: the SDK's own. */
  baseUrl: string | undefined
  apiKey: string
  /** For one request up to its first byte. */
  timeoutMs: number
}

/** A channel to anything that speaks OpenAI's chat completions. */
export const createOpenAiChannel = (settings: OpenAiChannelSettings): Channel => {
  const client = new OpenAI({
    apiKey: settings.apiKey,
    ...(settings.baseUrl ? { baseURL: settings.baseUrl } : {}),
    timeout: settings.timeoutMs,
    maxRetries: 1,
    // The SDK's own log would print requests; faults are thrown and logged by whoever asked.
    logLevel: 'off',
  })

  async function* stream(request: ChannelRequest): AsyncGenerator<StreamPart> {
    try {
      const chunks = await client.chat.completions.create(
        {
          model: request.model,
          messages: request.messages,
          stream: true,
          stream_options: { include_usage: true },
        },
        { signal: request.signal },
      )
      let reason: FinishReason = 'other'
      let usage: Usage | undefined
      for await (const chunk of chunks) {
        const choice = chunk.choices?.[0]
        if (choice) {
          const reasoning = reasoningOf(choice.delta)
          if (reasoning) yield { type: 'reasoning', text: reasoning }
          if (choice.delta?.content) yield { type: 'text', text: choice.delta.content }
          if (choice.finish_reason) reason = REASONS[choice.finish_reason] ?? 'other'
        }
        if (chunk.usage)
          usage = {
            promptTokens: chunk.usage.prompt_tokens ?? 0,
            completionTokens: chunk.usage.completion_tokens ?? 0,
          }
      }
      yield { type: 'finish', reason, ...(usage ? { usage } : {}) }
    } catch (error) {
      throw toChannelError(settings.code, error)
    }
  }

  return { code: settings.code, stream }
}

type FinishReason = Extract<StreamPart, { type: 'finish' }>['reason']
type Usage = NonNullable<Extract<StreamPart, { type: 'finish' }>['usage']>

const REASONS: { [reason: string]: FinishReason } = {
  stop: 'stop',
  length: 'length',
  content_filter: 'content-filter',
}

/** DeepSeek and others say `reasoning_content`, OpenRouter says `reasoning`; neither is in OpenAI's types. */
const reasoningOf = (delta: object | undefined): string => {
  if (!delta) return ''
  const said =
    'reasoning_content' in delta
      ? delta.reasoning_content
      : 'reasoning' in delta
        ? delta.reasoning
        : undefined
  return typeof said === 'string' ? said : ''
}

/** Status and code only: a provider's message may quote the key or the question. */
const toChannelError = (code: string, error: unknown): ChannelError => {
  if (error instanceof ChannelError) return error
  if (error instanceof OpenAI.APIConnectionTimeoutError)
    return new ChannelError(code, 'timeout', 'no answer in time')
  if (error instanceof OpenAI.APIUserAbortError) return new ChannelError(code, 'timeout', 'stopped')
  if (error instanceof OpenAI.APIError && error.status) {
    const detail = `HTTP ${error.status}${error.code ? ` ${String(error.code).slice(0, 60)}` : ''}`
    return new ChannelError(code, faultOf(error.status), detail)
  }
  return new ChannelError(code, 'unavailable', 'the connection failed or broke off')
}

const faultOf = (status: number): ChannelFault => {
  if (status === 401 || status === 403) return 'unauthorized'
  if (status === 404) return 'not-found'
  if (status === 408) return 'timeout'
  if (status === 429) return 'rate-limited'
  return status >= 500 ? 'unavailable' : 'bad-request'
}
