import OpenAI from 'openai'
import type { ChannelFault } from '../../base/channel-error.ts'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { Channel, ChannelRequest, StreamPart } from '../../llm/channel.ts'
import type { ChannelSpec } from '../../llm/channel-spec.ts'
import { ProviderRefusal } from './complaint.ts'
import { type Fetch, fetchBounded } from './fetch-bounded.ts'
import { framesOf } from './read-frames.ts'
import { type Quirk, type Quirks, quirkIn, type RequestBody, withQuirks } from './request-form.ts'
import { partsOf } from './stream-parts.ts'
import { toChannelError } from './to-channel-error.ts'

export type OpenAiChannelSettings = Pick<ChannelSpec, 'code' | 'baseUrl' | 'apiKeys' | 'models'> & {
  /** For one request up to its first byte. */
  timeoutMs: number
  /** What the channel's provider does not take, as it turns out. */
  quirks: Quirks
  fetch: Fetch
  clock: Pick<Clock, 'now'>
  log: Pick<Log, 'warn'>
}

const OPENAI = 'https://api.openai.com/v1'
/** Local servers want none, but the SDK insists. */
const NO_KEY = 'none'
/** Where the operator sets nothing: room for long answers and for some thinking, and an end to what one call can cost. */
const DEFAULT_MAX_TOKENS = 8000
const MAX_UNSURE = 3

/**
 * A channel to anything that speaks OpenAI's chat completions, or nearly so. Each request begins with the next key in turn;
 * a key that is refused, or has used up its limit, passes the request on to the one after it, each once. What of the
 * request's form a provider does not take is left out, asked again, and remembered for a while. Models go by the names of
 * the channel's own `models`; any other name is passed on as it is.
 */
export const createOpenAiChannel = (settings: OpenAiChannelSettings): Channel => {
  const { code, quirks, clock, log } = settings
  const keys = settings.apiKeys.length > 0 ? settings.apiKeys : [NO_KEY]
  const clients = keys.map((apiKey) => clientFor(apiKey, settings))
  let turn = 0

  async function* stream(request: ChannelRequest) {
    const first = turn
    turn = (turn + 1) % clients.length
    const inTurn = [...clients.slice(first), ...clients.slice(0, first)]
    for (const [index, client] of inTurn.entries()) {
      const isLast = index === inTurn.length - 1
      let hasBegun = false
      try {
        const maxRetries = isLast && request.mayRetry ? 1 : 0
        for await (const part of askInForm(client, request, maxRetries)) {
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

  /** Asks again for as long as the provider names something that can be left out. */
  async function* askInForm(client: OpenAI, request: ChannelRequest, maxRetries: number) {
    const whole = bodyFor(request, settings)
    /** For this question alone. */
    const unsure: Quirk[] = []
    for (;;) {
      const body = withQuirks(whole, [...quirks.of(request.model, clock.now()), ...unsure])
      let hasBegun = false
      try {
        for await (const part of ask(client, body, { signal: request.signal, maxRetries }, code)) {
          hasBegun = true
          yield part
        }
        return
      } catch (thrown) {
        const found = !hasBegun && thrown instanceof ProviderRefusal ? quirkIn(thrown, body) : undefined
        if (!found || request.signal.aborted) throw thrown
        const { quirk, isSure } = found
        if (!isSure) {
          if (unsure.push(quirk) > MAX_UNSURE) throw thrown
          continue
        }
        if (!quirks.learn(request.model, quirk, clock.now())) throw thrown
        log.warn(
          { channel: code, model: request.model, quirk },
          'a provider does not take a part of the request: it is asked without, for an hour',
        )
      }
    }
  }

  return { code, stream }
}

type Asking = { signal: AbortSignal; maxRetries: number }

/** One request. The SDK's own reading of the stream gives up on the first odd frame: the body is read here. */
async function* ask(
  client: OpenAI,
  body: RequestBody,
  { signal, maxRetries }: Asking,
  code: string,
): AsyncGenerator<StreamPart> {
  const reading = new AbortController()
  const options = { signal: AbortSignal.any([signal, reading.signal]), maxRetries }
  try {
    const response = await client
      .post('/chat/completions', { body, stream: body.stream === true, ...options })
      .asResponse()
    if (response.body) yield* partsOf(framesOf(response.body), code)
  } catch (thrown) {
    throw refusalOf(thrown) ?? thrown
  } finally {
    // Whoever has heard enough hangs up.
    reading.abort()
  }
}

/** `fetchBounded` has put all that was said where the SDK keeps it. */
const refusalOf = (thrown: unknown): ProviderRefusal | undefined => {
  if (!(thrown instanceof OpenAI.APIError) || !thrown.status) return undefined
  const { error } = thrown
  const said = typeof error === 'object' && error !== null && 'said' in error ? error.said : ''
  return new ProviderRefusal(thrown.status, said)
}

const bodyFor = (
  { model, messages }: ChannelRequest,
  { models, baseUrl }: OpenAiChannelSettings,
): RequestBody => {
  const { upstream = model, maxTokens = DEFAULT_MAX_TOKENS, body = {} } = models.get(model) ?? {}
  const hasLimit = LIMIT_NAMES.some((name) => name in body)
  return {
    stream_options: { include_usage: true },
    ...(hasLimit ? {} : { [tokenLimitName(baseUrl)]: maxTokens }),
    ...body,
    model: upstream,
    messages,
    stream: true,
  }
}

const LIMIT_NAMES = ['max_tokens', 'max_completion_tokens']

/**
 * What the field for the most tokens of an answer is called. OpenAI has given it another name, and its reasoning models
 * refuse the old one, which is all that others know.
 * https://platform.openai.com/docs/api-reference/chat/create#chat-create-max_completion_tokens
 */
const tokenLimitName = (baseUrl = OPENAI): 'max_completion_tokens' | 'max_tokens' =>
  new URL(baseUrl).hostname === new URL(OPENAI).hostname ? 'max_completion_tokens' : 'max_tokens'

/** Address, key and organisation are the channel's alone: what the SDK would find in the environment is not asked. */
const clientFor = (apiKey: string, { baseUrl, timeoutMs, fetch }: OpenAiChannelSettings): OpenAI =>
  new OpenAI({
    apiKey,
    baseURL: baseUrl ?? OPENAI,
    organization: null,
    project: null,
    timeout: timeoutMs,
    fetch: fetchBounded(fetch),
    // The SDK's own log would print requests; faults are thrown and logged by whoever asked.
    logLevel: 'off',
  })

const KEY_FAULTS: readonly ChannelFault[] = ['unauthorized', 'rate-limited', 'not-found', 'region']

/** A stumbling provider may be asked again where nobody else stands ready; with another key, as it is the next anyway. */
const isWorthAnotherKey = (fault: ChannelFault, { mayRetry = false, signal }: ChannelRequest): boolean =>
  !signal.aborted && (KEY_FAULTS.includes(fault) || (mayRetry && fault === 'unavailable'))
