import { systemClock } from '../../src/base/clock.ts'
import { silentLog } from '../../src/base/log.ts'
import { createOpenAiChannel, type OpenAiChannelSettings } from '../../src/infra/llm/openai-channel.ts'
import { createQuirks } from '../../src/infra/llm/request-form.ts'
import type { Channel } from '../../src/llm/channel.ts'

/** A channel to a provider of a test, with one key and one model, `public`. */
export const openTestChannel = (
  baseUrl: string | undefined,
  more: Partial<OpenAiChannelSettings> = {},
): Channel =>
  createOpenAiChannel({
    code: 'main',
    baseUrl,
    apiKeys: ['k1'],
    models: new Map([['public', { upstream: 'upstream-2026', price: 1 }]]),
    timeoutMs: 5000,
    quirks: createQuirks(),
    fetch: (input, init) => globalThis.fetch(input, init),
    clock: systemClock,
    log: silentLog,
    ...more,
  })
