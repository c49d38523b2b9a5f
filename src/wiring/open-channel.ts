import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import type { Channel } from '../llm/channel.ts'
import type { ChannelSpec } from '../llm/channel-spec.ts'

export type OpenChannel = (spec: ChannelSpec, apiKeys: readonly string[]) => Channel

/** The SDK is loaded with the first request: whoever only serves HTTP may never need it. */
const load = async () => {
  const [{ createOpenAiChannel }, { createQuirks }, { proxiedFetch }] = await Promise.all([
    import('../infra/llm/openai-channel.ts'),
    import('../infra/llm/request-form.ts'),
    import('../infra/llm/proxied-fetch.ts'),
  ])
  return { createOpenAiChannel, createQuirks, proxiedFetch }
}

type Loaded = Awaited<ReturnType<typeof load>>
/** What belongs to the way to a provider, whichever key is used on it. */
type Way = { quirks: ReturnType<Loaded['createQuirks']>; fetch: ReturnType<Loaded['proxiedFetch']> }

export type OpenChannelParts = {
  config: Pick<Config, 'HTTP_PROXY' | 'HTTPS_PROXY' | 'NO_PROXY'>
  timeoutMs: number
  clock: Clock
  log: Log
}

/** Opens channels with keys, the operator's or a user's. What a provider does not take is known for all of its keys. */
export const createOpenChannel = (parts: OpenChannelParts): OpenChannel => {
  const { config, timeoutMs, clock, log } = parts
  const proxies = { http: config.HTTP_PROXY, https: config.HTTPS_PROXY, none: config.NO_PROXY }
  let loading: Promise<Loaded> | undefined
  const ways = new WeakMap<ChannelSpec, Way>()

  const open = async (spec: ChannelSpec, apiKeys: readonly string[]): Promise<Channel> => {
    loading ??= load()
    const { createOpenAiChannel, createQuirks, proxiedFetch } = await loading
    const way = ways.get(spec) ?? { quirks: createQuirks(), fetch: proxiedFetch(spec.proxy, proxies) }
    ways.set(spec, way)
    return createOpenAiChannel({
      code: spec.code,
      baseUrl: spec.baseUrl,
      apiKeys,
      models: spec.models,
      timeoutMs,
      quirks: way.quirks,
      fetch: way.fetch,
      clock,
      log,
    })
  }

  return (spec, apiKeys) => {
    let opening: Promise<Channel> | undefined
    return {
      code: spec.code,
      async *stream(request) {
        opening ??= open(spec, apiKeys)
        yield* (await opening).stream(request)
      },
    }
  }
}
