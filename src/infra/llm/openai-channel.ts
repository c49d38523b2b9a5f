import OpenAI from 'openai'
import { ChannelError, type ChannelFault } from '../../base/channel-error.ts'
import type { Channel, ChannelRequest } from '../../llm/channel.ts'
import type { ChannelSpec } from '../../llm/channel-spec.ts'
import { partsOf } from './stream-parts.ts'

export type OpenAiChannelSettings = Pick<ChannelSpec, 'code' | 'baseUrl' | 'apiKeys' | 'models'> & {
  /** For one request up to its first byte. */
  timeoutMs: number
}

const OPENAI = 'https://api.openai.com/v1'
/** Local servers want none, but the SDK insists. */
const NO_KEY = 'none'
/** Where the operator sets nothing: room for long answers and for some thinking, and an end to what one call can cost. */
const DEFAULT_MAX_TOKENS = 8000

/**
 * A channel to anything that speaks OpenAI's chat completions. Each request begins with the next key in turn; a key that is
 * refused, or has used up its limit, passes the request on to the one after it, each once. Models go by the names of the
 * channel's own `models`; any other name is passed on as it is.
 */
export const createOpenAiChannel = (settings: OpenAiChannelSettings): Channel => {
  const { code, models } = settings
  const keys = settings.apiKeys.length > 0 ? settings.apiKeys : [NO_KEY]
  const clients = keys.map((apiKey) => clientFor(apiKey, settings))
  const limitName = tokenLimitName(settings.baseUrl)
  let turn = 0

  async function* stream(request: ChannelRequest) {
    const asked = models.get(request.model)
    const body = {
      model: asked?.upstream ?? request.model,
      messages: request.messages,
      stream: true,
      stream_options: { include_usage: true },
      [limitName]: asked?.maxTokens ?? DEFAULT_MAX_TOKENS,
    } as const
    const first = turn
    turn = (turn + 1) % clients.length
    const inTurn = [...clients.slice(first), ...clients.slice(0, first)]
    for (const [index, client] of inTurn.entries()) {
      const isLast = index === inTurn.length - 1
      let hasBegun = false
      try {
        const chunks = await client.chat.completions.create(body, {
          signal: request.signal,
          maxRetries: isLast && request.mayRetry ? 1 : 0,
        })
        for await (const part of partsOf(chunks, code)) {
          hasBegun = true
          yield part
        }
        return
      } catch (thrown) {
        const error = toChannelError(code, thrown, keys)
        if (isLast || hasBegun || !isWorthAnotherKey(error.fault, request)) throw error
      }
    }
  }

  return { code, stream }
}

/**
 * What the field for the most tokens of an answer is called. OpenAI has given it another name, and its reasoning models
 * refuse the old one, which is all that others know.
 * https://platform.openai.com/docs/api-reference/chat/create#chat-create-max_completion_tokens
 */
const tokenLimitName = (baseUrl = OPENAI): 'max_completion_tokens' | 'max_tokens' =>
  new URL(baseUrl).hostname === new URL(OPENAI).hostname ? 'max_completion_tokens' : 'max_tokens'

/** Address, key and organisation are the channel's alone: what the SDK would find in the environment is not asked. */
const clientFor = (apiKey: string, { baseUrl, timeoutMs }: OpenAiChannelSettings): OpenAI =>
  new OpenAI({
    apiKey,
    baseURL: baseUrl ?? OPENAI,
    organization: null,
    project: null,
    timeout: timeoutMs,
    // The SDK's own log would print requests; faults are thrown and logged by whoever asked.
    logLevel: 'off',
  })

/** A stumbling provider may be asked again where nobody else stands ready; with another key, as it is the next anyway. */
const isWorthAnotherKey = (fault: ChannelFault, { mayRetry = false, signal }: ChannelRequest): boolean =>
  !signal.aborted &&
  (fault === 'unauthorized' || fault === 'rate-limited' || (mayRetry && fault === 'unavailable'))

/** Status and code only: a provider's message may quote the key or the question. */
const toChannelError = (channel: string, error: unknown, keys: readonly string[]): ChannelError => {
  if (error instanceof ChannelError) return error
  if (error instanceof OpenAI.APIConnectionTimeoutError)
    return new ChannelError(channel, 'timeout', 'no answer in time')
  if (error instanceof OpenAI.APIUserAbortError) return new ChannelError(channel, 'timeout', 'stopped')
  if (error instanceof OpenAI.APIError && error.status) {
    const code = typeof error.code === 'string' ? error.code : ''
    const isShown = /^[\w.-]{1,60}$/.test(code) && !keys.some((key) => code.includes(key))
    const detail = `HTTP ${error.status}${isShown ? ` ${code}` : ''}`
    return new ChannelError(channel, faultOf(error.status, code), detail)
  }
  return new ChannelError(channel, 'unavailable', 'the connection failed or broke off')
}

const faultOf = (status: number, code: string): ChannelFault => {
  // Azure refuses a question by this code: https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter
  if (status === 400 && code === 'content_filter') return 'content-filter'
  if (status === 401 || status === 403) return 'unauthorized'
  // No balance left: https://api-docs.deepseek.com/quick_start/error_codes
  if (status === 402 || status === 429) return 'rate-limited'
  if (status === 404) return 'not-found'
  if (status === 408) return 'timeout'
  return status >= 500 ? 'unavailable' : 'bad-request'
}
