import { ChannelError, type ChannelFault } from '../../base/channel-error.ts'
import { systemClock } from '../../base/clock.ts'
import type { Config, Env } from '../../base/config.ts'
import { silentLog } from '../../base/log.ts'
import { say, type Words } from '../../base/say.ts'
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
    ? ok(say({ zh: '沙盒里按脚本回答的模型', en: 'the scripted model of the sandbox' }))
    : error(
        say({ zh: '没有模型：每个问题都只能道歉', en: 'none: every question gets an apology' }),
        say({
          zh: '请设置 OPENAI_API_KEY 和 OPENAI_MODEL，或者写 channels.yaml',
          en: 'set OPENAI_API_KEY and OPENAI_MODEL, or write channels.yaml',
        }),
      )

/** With each of its keys: one that is good would hide one that is not. */
const examineChannel = async (config: Config, spec: ChannelSpec): Promise<Verdict> => {
  if (isForOwnKeysOnly(spec))
    return ok(
      say({
        zh: `${spec.code}：只给用户用自己的 API Key，没有问`,
        en: `${spec.code}: for users' own keys alone, not asked`,
      }),
    )
  const keys = spec.apiKeys.length > 0 ? spec.apiKeys : ['none']
  const verdicts = await Promise.all(keys.map((key) => examineKey(config, spec, key)))
  const bad = verdicts.findIndex(({ level }) => level !== 'ok')
  const shown = verdicts[Math.max(bad, 0)] ?? error(say({ zh: '没有 API Key', en: 'no key' }))
  if (keys.length === 1) return shown
  if (bad < 0)
    return ok(
      say({
        zh: `${shown.detail}，${keys.length} 个 API Key 都能用`,
        en: `${shown.detail}, with each of its ${keys.length} keys`,
      }),
    )
  const level = verdicts.every((each) => each.level === 'error') ? 'error' : 'warning'
  const detail = say({
    zh: `第 ${bad + 1} 个 API Key（共 ${keys.length} 个）：${shown.detail}`,
    en: `key ${bad + 1} of ${keys.length}: ${shown.detail}`,
  })
  return { ...shown, level, detail }
}

/** Asks the channel's first model for its first word, as a turn would, and hangs up. */
const examineKey = async (config: Config, spec: ChannelSpec, key: string): Promise<Verdict> => {
  const fixFor = (fault: ChannelFault) => say(fixesFor(spec.code)[fault])
  const [model = ''] = spec.models.keys()
  const messages = [{ role: 'user' as const, content: 'Say OK.' }]
  const signal = AbortSignal.timeout(WITHIN_MS)
  const open = createOpenChannel({ config, timeoutMs: WITHIN_MS, clock: systemClock, log: silentLog })
  const channel = open(spec, [key])
  const name =
    spec.code === 'default'
      ? model
      : say({ zh: `渠道 ${spec.code} 的 ${model}`, en: `${model} of channel ${spec.code}` })
  const askedAt = performance.now()
  try {
    for await (const part of channel.stream({ model, messages, signal })) {
      if (part.type === 'finish') break
      const ms = Math.round(performance.now() - askedAt)
      return ok(say({ zh: `${name} 在 ${ms} 毫秒后开始回答`, en: `${name} begins to answer after ${ms} ms` }))
    }
    return warning(
      say({ zh: `${name} 什么也没有回答`, en: `${name} answers nothing` }),
      fixFor('empty-answer'),
    )
  } catch (thrown) {
    if (!(thrown instanceof ChannelError)) return error(reasonOf(thrown))
    const reason = reasonOf(thrown)
    return error(say({ zh: `${FAULTS[thrown.fault]}（${reason}）`, en: reason }), fixFor(thrown.fault))
  }
}

/** In Chinese; in English the error says it. */
const FAULTS: { [fault in ChannelFault]: string } = {
  unauthorized: '服务商不接受这个 API Key',
  'rate-limited': '服务商说用得太多了',
  'bad-request': '服务商看不懂这个请求',
  'not-found': '服务商说没有这个模型或地址',
  unavailable: '连不上服务商',
  timeout: '服务商太久没有回答',
  'empty-answer': '模型什么也没有回答',
  'content-filter': '服务商拦下了内容',
  'too-long': '服务商说内容太长',
  region: '服务商不服务这里所在的地区',
  'web-page': '这个地址给的是网页，不是接口',
}

const fixesFor = (code: string): { [fault in ChannelFault]: Words } => {
  const isShortcut = code === 'default'
  const key = isShortcut ? same('OPENAI_API_KEY') : ofChannel(code, 'apiKeys')
  const models = isShortcut
    ? same('OPENAI_MODEL')
    : {
        zh: `渠道 ${code} 的 models 和其中的 upstream`,
        en: `models of channel ${code}, and their upstream names`,
      }
  const address = isShortcut ? same('OPENAI_BASE_URL') : ofChannel(code, 'baseUrl')
  const model = { zh: `请检查${models.zh}`, en: `check ${models.en}` }
  const way = {
    zh: `请检查${address.zh}，以及网络能不能到那里（需要代理的话：HTTPS_PROXY${isShortcut ? '' : '，或渠道的 proxy'}）`,
    en: `check ${address.en} and the way to it (behind a proxy: HTTPS_PROXY${isShortcut ? '' : ', or its proxy'})`,
  }
  return {
    unauthorized: {
      zh: `请检查${key.zh}，以及这个 API Key 能不能用这个模型`,
      en: `check ${key.en}, and that the key may use the model`,
    },
    'rate-limited': {
      zh: '请到服务商那里看看这个 API Key 的限额和余额',
      en: "look at the provider's limits and balance for this key",
    },
    'bad-request': model,
    'not-found': {
      zh: `请检查${models.zh}，还有${address.zh}（地址通常以 /v1 结尾）`,
      en: `check ${models.en}, and ${address.en} (it usually ends in /v1)`,
    },
    unavailable: way,
    timeout: way,
    'empty-answer': model,
    'content-filter': model,
    'too-long': model,
    region: {
      zh: '服务商不对这台服务器所在的地区开放：请通过别处的代理访问，或者去掉这个渠道',
      en: "the provider does not serve this server's country: ask through a proxy elsewhere, or leave it out",
    },
    'web-page': {
      zh: `请检查${address.zh}：地址通常以 /v1 结尾`,
      en: `check ${address.en}: it usually ends in /v1`,
    },
  }
}

const same = (name: string): Words => ({ zh: ` ${name}`, en: name })
const ofChannel = (code: string, field: string): Words => ({
  zh: `渠道 ${code} 的 ${field}`,
  en: `${field} of channel ${code}`,
})
