import type { Config } from '../base/config.ts'
import type { Log } from '../base/log.ts'

const DEFAULT_MODEL = 'gpt-5-mini'

/** The one-channel shortcut. */
export const openModel = async (config: Config, log: Log) => {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl, OPENAI_MODEL: name } = config
  if (!apiKey && !baseUrl) {
    log.warn({}, 'no model: set OPENAI_API_KEY and OPENAI_MODEL; until then every question gets an apology')
    return undefined
  }
  if (!name) log.warn({ model: DEFAULT_MODEL }, 'OPENAI_MODEL is not set')
  const { createOpenAiChannel } = await import('../infra/llm/openai-channel.ts')
  const channel = createOpenAiChannel({
    code: 'default',
    baseUrl,
    // Local servers want none, but the SDK insists.
    apiKey: apiKey ?? 'none',
    timeoutMs: config.TURN_TIMEOUT_MS,
  })
  return { channel, name: name ?? DEFAULT_MODEL }
}
