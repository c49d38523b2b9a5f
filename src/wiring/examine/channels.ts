import { ChannelError, type ChannelFault } from '../../base/channel-error.ts'
import { systemClock } from '../../base/clock.ts'
import type { Config, Env } from '../../base/config.ts'
import { silentLog } from '../../base/log.ts'
import { type ChannelSpec, isForOwnKeysOnly } from '../../llm/channel-spec.ts'
import { openChannels } from '../channels.ts'
import { BrokenFileError } from '../live-file.ts'
import { createOpenChannel } from '../open-channel.ts'
import { type Examination, error, ok, reasonOf, type Verdict, warning } from './check.ts'

/** Thinking models take their time for the first word. */
const WITHIN_MS = 9000

/** Each channel by itself; the first, which may be the only one, goes by the name of `model`. */
export const examineChannels = async (config: Config, env: Env): Promise<Examination[]> => {
  const channels = await readOnce(config, env)
  if (channels instanceof BrokenFileError)
    return channels.problems.map((problem) => ({ name: 'channels-file', run: async () => error(problem) }))
  if (channels.length === 0) return [{ name: 'model', run: async () => judgeNone(config) }]
  return channels.map((spec, index) => ({
    name: index === 0 ? 'model' : `channel ${spec.code}`,
    run: () => examineChannel(config, spec),
  }))
}

const readOnce = async (config: Config, env: Env): Promise<readonly ChannelSpec[] | BrokenFileError> => {
  try {
    const live = await openChannels(config, { env, clock: systemClock, log: silentLog })
    await live.stop()
    return live.current()
  } catch (thrown) {
    if (thrown instanceof BrokenFileError) return thrown
    throw thrown
  }
}

const judgeNone = ({ SANDBOX }: Config): Verdict =>
  SANDBOX
    ? ok('the scripted model of the sandbox')
    : error(
        'none: every question gets an apology',
        'set OPENAI_API_KEY and OPENAI_MODEL, or write channels.yaml',
      )

/** With each of its keys: one that is good would hide one that is not. */
const examineChannel = async (config: Config, spec: ChannelSpec): Promise<Verdict> => {
  if (isForOwnKeysOnly(spec)) return ok(`${spec.code}: for users' own keys alone, not asked`)
  const keys = spec.apiKeys.length > 0 ? spec.apiKeys : ['none']
  const verdicts = await Promise.all(keys.map((key) => examineKey(config, spec, key)))
  const bad = verdicts.findIndex(({ level }) => level !== 'ok')
  const shown = verdicts[Math.max(bad, 0)] ?? error('no key')
  if (keys.length === 1) return shown
  if (bad < 0) return ok(`${shown.detail}, with each of its ${keys.length} keys`)
  const level = verdicts.every((each) => each.level === 'error') ? 'error' : 'warning'
  return { ...shown, level, detail: `key ${bad + 1} of ${keys.length}: ${shown.detail}` }
}

/** Asks the channel's first model for its first word, as a turn would, and hangs up. */
const examineKey = async (config: Config, spec: ChannelSpec, key: string): Promise<Verdict> => {
  const fixes = fixesFor(spec.code)
  const [model = ''] = spec.models.keys()
  const messages = [{ role: 'user' as const, content: 'Say OK.' }]
  const signal = AbortSignal.timeout(WITHIN_MS)
  const open = createOpenChannel({ config, timeoutMs: WITHIN_MS, clock: systemClock, log: silentLog })
  const channel = open(spec, [key])
  const name = spec.code === 'default' ? model : `${model} of channel ${spec.code}`
  const askedAt = performance.now()
  try {
    for await (const part of channel.stream({ model, messages, signal })) {
      if (part.type === 'finish') break
      return ok(`${name} begins to answer after ${Math.round(performance.now() - askedAt)} ms`)
    }
    return warning(`${name} answers nothing`, fixes['empty-answer'])
  } catch (thrown) {
    return error(reasonOf(thrown), thrown instanceof ChannelError ? fixes[thrown.fault] : undefined)
  }
}

type Fixes = { [fault in ChannelFault]: string }

const fixesFor = (code: string): Fixes => {
  const isShortcut = code === 'default'
  const key = isShortcut ? 'OPENAI_API_KEY' : `apiKeys of channel ${code}`
  const model = isShortcut ? 'OPENAI_MODEL' : `models of channel ${code}, and their upstream names`
  const address = isShortcut ? 'OPENAI_BASE_URL' : `baseUrl of channel ${code}`
  const proxyHint = isShortcut
    ? ' (behind a proxy: HTTPS_PROXY)'
    : ' (behind a proxy: HTTPS_PROXY, or its proxy)'
  return {
    unauthorized: `check ${key}, and that the key may use the model`,
    'rate-limited': "look at the provider's limits and balance for this key",
    'bad-request': `check ${model}`,
    'not-found': `check ${model}, and ${address} (it usually ends in /v1)`,
    unavailable: `check ${address} and the way to it${proxyHint}`,
    timeout: `check ${address} and the way to it${proxyHint}`,
    'empty-answer': `check ${model}`,
    'content-filter': `check ${model}`,
    'too-long': `check ${model}`,
    region: `the provider does not serve this server's country: ask through a proxy elsewhere, or leave it out`,
    'web-page': `check ${address}: it usually ends in /v1 (地址通常以 /v1 结尾)`,
  }
}
