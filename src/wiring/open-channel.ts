import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { Channel } from '../llm/channel.ts'
import type { ChannelSpec } from '../llm/channel-spec.ts'

export type OpenChannel = (spec: ChannelSpec, apiKeys: readonly string[]) => Channel

/** The SDK is loaded with the first request: whoever only serves HTTP may never need it. */
const load = async () => {
  const [{ createOpenAiChannel }, { createQuirks }] = await Promise.all([
    import('../infra/llm/openai-channel.ts'),
    import('../infra/llm/request-form.ts'),
  ])
  return { createOpenAiChannel, createQuirks }
}

/** Opens channels with keys, the operator's or a user's. What a provider does not take is known for all of its keys. */
export const createOpenChannel = (parts: { timeoutMs: number; clock: Clock; log: Log }): OpenChannel => {
  const { timeoutMs, clock, log } = parts
  let loading: ReturnType<typeof load> | undefined
  const known = new WeakMap<ChannelSpec, ReturnType<Awaited<ReturnType<typeof load>>['createQuirks']>>()

  const open = async (spec: ChannelSpec, apiKeys: readonly string[]): Promise<Channel> => {
    loading ??= load()
    const { createOpenAiChannel, createQuirks } = await loading
    const quirks = known.get(spec) ?? createQuirks()
    known.set(spec, quirks)
    return createOpenAiChannel({
      code: spec.code,
      baseUrl: spec.baseUrl,
      apiKeys,
      models: spec.models,
      timeoutMs,
      quirks,
      fetch: (input, init) => globalThis.fetch(input, init),
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
