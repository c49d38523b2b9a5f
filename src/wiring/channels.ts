import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Clock } from '../base/clock.ts'
import type { Config, Env } from '../base/config.ts'
import type { Log } from '../base/log.ts'
import type { Reading } from '../base/watched-file.ts'
import { readChannels } from '../llm/channel-file.ts'
import { DEFAULT_SILENCE_MS } from '../llm/channel-schema.ts'
import type { ChannelSpec } from '../llm/channel-spec.ts'
import { openLiveFile, textOf } from './live-file.ts'

type ChannelConfig = Pick<
  Config,
  'CHANNELS_FILE' | 'CONFIG_DIR' | 'OPENAI_API_KEY' | 'OPENAI_BASE_URL' | 'OPENAI_MODEL' | 'TURN_TIMEOUT_MS'
>

/** The channels as they are now: a change gives a new list of new channels. */
export type LiveChannels = { current(): readonly ChannelSpec[]; stop(): Promise<void> }

export type ChannelsParts = { env: Env; clock: Clock; log: Log }

const DEFAULT_MODEL = 'gpt-5-mini'

/**
 * The channels of the file, which is read again when it changes, and the one-channel shortcut after them. Throws when the
 * file is broken at the start, or missing though it is named.
 */
export const openChannels = async (config: ChannelConfig, parts: ChannelsParts): Promise<LiveChannels> => {
  const { env, clock, log } = parts
  const file = await openLiveFile<readonly ChannelSpec[]>({
    ...{ named: config.CHANNELS_FILE, otherwise: join(config.CONFIG_DIR, 'channels.yaml') },
    ...{ read: (bytes) => readFile(bytes, env), empty: [], clock, log },
  })
  let known = { file: file.current(), all: withShortcut(file.current(), config) }
  if (known.all.length > known.file.length && !config.OPENAI_MODEL)
    log.warn({ model: DEFAULT_MODEL }, 'OPENAI_MODEL is not set')
  return {
    current() {
      const now = file.current()
      if (now !== known.file) known = { file: now, all: withShortcut(now, config) }
      return known.all
    },
    stop: file.stop,
  }
}

/** Whether the operator has configured any. */
export const hasChannels = (config: ChannelConfig): boolean =>
  Boolean(config.OPENAI_API_KEY || config.OPENAI_BASE_URL) || existsSync(channelsPath(config))

const channelsPath = ({ CHANNELS_FILE, CONFIG_DIR }: ChannelConfig): string =>
  CHANNELS_FILE ? resolve(CHANNELS_FILE) : join(CONFIG_DIR, 'channels.yaml')

const readFile = (bytes: Buffer, env: Env): Reading<readonly ChannelSpec[]> => {
  const file = textOf(bytes)
  if (!file.ok) return file
  const read = readChannels(file.text, env)
  return read.ok ? { ok: true, value: read.channels } : read
}

/** OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL as a channel, tried after those of the file. */
const withShortcut = (file: readonly ChannelSpec[], config: ChannelConfig): readonly ChannelSpec[] => {
  const { OPENAI_API_KEY: apiKey, OPENAI_BASE_URL: baseUrl } = config
  if (!apiKey && !baseUrl) return file
  if (file.some(({ code }) => code === 'default')) return file
  const name = config.OPENAI_MODEL ?? DEFAULT_MODEL
  const shortcut: ChannelSpec = {
    code: 'default',
    baseUrl,
    // Local servers want none.
    apiKeys: [apiKey ?? 'none'],
    models: new Map([[name, { upstream: name, price: 1 }]]),
    priority: Math.max(0, ...file.map(({ priority }) => priority)) + 1,
    weight: 1,
    // The answer's own time limit is all there is: thinking models may take their time.
    firstTokenTimeoutMs: config.TURN_TIMEOUT_MS,
    silenceTimeoutMs: DEFAULT_SILENCE_MS,
    ownKeys: true,
  }
  return [...file, shortcut]
}
