import { ChannelError } from '../base/channel-error.ts'
import type { Clock } from '../base/clock.ts'
import type { Config, Env } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import type { KeyVerdict, Models } from '../conversation/models.ts'
import { withAnswerLimit } from '../llm/answer-limit.ts'
import type { Channel } from '../llm/channel.ts'
import { API_KEY } from '../llm/channel-schema.ts'
import type { ChannelSpec } from '../llm/channel-spec.ts'
import { failover } from '../llm/failover.ts'
import { withFirstTokenTimeout } from '../llm/first-token-timeout.ts'
import { candidatesFor, contextTokensOf, modelsOf } from '../llm/models.ts'
import { withSilenceTimeout } from '../llm/silence-timeout.ts'
import { openChannels } from './channels.ts'
import { createOpenChannel } from './open-channel.ts'

export type ModelsParts = {
  /** For the `${NAME}` of the channels file. */
  env: Env
  clock: Clock
  log: Log
  random: () => number
}

/** Throws when the channels file is broken, see openChannels. */
export const openModels = async (
  config: Config,
  { env, clock, log, random }: ModelsParts,
): Promise<Models & { stop(): Promise<void> }> => {
  const channels = await openChannels(config, { env, clock, log })
  if (modelsOf(channels.current()).length === 0)
    log.warn(
      {},
      'no model: set OPENAI_API_KEY and OPENAI_MODEL, or write channels.yaml; until then every question gets an apology',
    )

  const openChannel = createOpenChannel({ config, timeoutMs: config.TURN_TIMEOUT_MS, clock, log })
  const openWithKeys = (spec: ChannelSpec, apiKeys: readonly string[]): Channel => {
    const bounded = withAnswerLimit(openChannel(spec, apiKeys), spec.models)
    const heard = withSilenceTimeout(bounded, spec.silenceTimeoutMs, clock)
    return withFirstTokenTimeout(heard, spec.firstTokenTimeoutMs, clock)
  }
  /** Keys take turns as long as the file stays the same; with it their connections go. */
  const opened = new WeakMap<ChannelSpec, Channel>()
  const openOnce = (spec: ChannelSpec): Channel => {
    const channel = opened.get(spec) ?? openWithKeys(spec, spec.apiKeys)
    opened.set(spec, channel)
    return channel
  }

  const list = () => modelsOf(channels.current())
  const offer = (name: string | undefined) => {
    const offers = list()
    if (name !== undefined) return offers.find(({ id }) => id === name)
    return offers.find(({ id }) => id === config.OPENAI_MODEL) ?? offers[0]
  }
  const forOwnKeys = () => channels.current().filter(({ ownKeys }) => ownKeys)
  const findForOwnKeys = (code: string) => forOwnKeys().find((spec) => spec.code === code)
  /** What a question on an own key goes to. */
  const ownModel = ({ models }: ChannelSpec, model: string | undefined) => {
    const name = model ?? [offer(undefined)?.id ?? '', ...models.keys()].find((id) => models.has(id))
    return name !== undefined && models.has(name) ? name : undefined
  }
  const ownContext = (spec: ChannelSpec, model: string | undefined) =>
    spec.models.get(ownModel(spec, model) ?? '')?.contextTokens
  /** Not kept: a key stays in memory no longer than its answer takes. */
  const openWith = (spec: ChannelSpec, key: string) => openWithKeys(spec, [key])

  return {
    list,
    offer,
    open(model) {
      const candidates = candidatesFor(channels.current(), model, random)
      if (candidates.length === 0) return undefined
      return {
        channel: failover(candidates.map(openOnce), log),
        name: model,
        contextTokens: contextTokensOf(channels.current(), model),
      }
    },
    contextTokens(model, ownKeyChannel) {
      if (ownKeyChannel === undefined)
        return contextTokensOf(channels.current(), model ?? offer(undefined)?.id ?? '')
      const spec = findForOwnKeys(ownKeyChannel)
      return spec && ownContext(spec, model)
    },
    ownKeyChannels: () => forOwnKeys().map(({ code, models }) => ({ code, models: [...models.keys()] })),
    openOwn(channelCode, key, model) {
      const spec = findForOwnKeys(channelCode)
      if (!spec) return undefined
      const name = ownModel(spec, model)
      if (name === undefined) return undefined
      // No other channel, no second try: but thoughts are hidden, and a history that is too long is shortened.
      const channel = failover([openWith(spec, key)], log, { retries: false })
      return { channel, name, contextTokens: ownContext(spec, name) }
    },
    async tryKey(channelCode, key, timeoutMs) {
      const spec = findForOwnKeys(channelCode)
      const [model] = spec?.models.keys() ?? []
      if (!spec || model === undefined) return 'unknown-channel'
      // No provider gives out such a key, and no header can hold it.
      if (!API_KEY.test(key)) return 'refused'
      return verdictOn(withFirstTokenTimeout(openWith(spec, key), timeoutMs, clock), model)
    },
    stop: channels.stop,
  }
}

const verdictOn = async (channel: Channel, model: string): Promise<KeyVerdict> => {
  const messages = [{ role: 'user' as const, content: 'Say OK.' }]
  try {
    for await (const part of channel.stream({ model, messages, signal: new AbortController().signal }))
      return part.type === 'finish' && part.reason === 'broken-off' ? 'unreachable' : 'good'
    return 'unreachable'
  } catch (error) {
    if (!(error instanceof ChannelError)) throw error
    if (error.fault === 'unauthorized') return 'refused'
    return error.fault === 'rate-limited' ? 'no-credit' : 'unreachable'
  }
}
