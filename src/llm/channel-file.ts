import type { z } from 'zod'
import { closestName } from '../base/closest-name.ts'
import type { Env } from '../base/config.ts'
import { readYaml } from '../base/read-yaml.ts'
import { afterHan, say, type Words } from '../base/say.ts'
import { CHANNEL_FIELDS, channelsSchema, EXPECTED, MODEL_FIELDS } from './channel-schema.ts'
import type { ChannelSpec, ModelSpec } from './channel-spec.ts'
import { markVariables, unmarkVariables } from './expand-env.ts'

export type ChannelsResult = { ok: true; channels: ChannelSpec[] } | { ok: false; problems: string[] }

const MAX_BYTES = 256 * 1024
const MAX_PROBLEMS = 20

/**
 * Reads the text of channels.yaml (docs/channels.md). `${NAME}` in a value is taken from `env`. All problems come back
 * together, each naming channel, field and fix, never the value: it may be a key.
 */
export const readChannels = (text: string, env: Env): ChannelsResult => {
  const yaml = readYaml(markVariables(text), MAX_BYTES)
  if (!yaml.ok) return yaml
  const error = ({ path, input }: z.core.$ZodRawIssue) => judge(path ?? [], input)
  const parsed = channelsSchema(env).safeParse(yaml.value, { error })
  const codes = codesOf(yaml.value)
  const problems = [
    ...(parsed.error?.issues ?? []).flatMap((issue) => wordsFor(issue, codes)),
    ...doubleCodes(codes),
  ]
  if (parsed.success && problems.length === 0) return { ok: true, channels: parsed.data.channels.map(specOf) }
  return { ok: false, problems: shortened([...new Set(problems)]) }
}

type Written = z.output<ReturnType<typeof channelsSchema>>['channels'][number]

const specOf = ({ models, baseUrl, ...rest }: Written): ChannelSpec => {
  const entries = Object.entries(models).map(([name, model]) => [name, modelOf(name, model)] as const)
  return { ...rest, baseUrl, models: new Map(entries) }
}

const modelOf = (name: string, model: Written['models'][string] | undefined): ModelSpec => {
  const { upstream = name, price = 1, contextTokens, maxTokens, body, vision } = model ?? {}
  return {
    upstream,
    price,
    ...(contextTokens === undefined ? {} : { contextTokens }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(body === undefined ? {} : { body }),
    ...(vision === undefined ? {} : { vision }),
  }
}

/** `channels`, index, field, then the name of a model or the index of a key, then the model's field. */
type Path = readonly PropertyKey[]

const judge = (path: Path, input: unknown): string => {
  const field = path[4] ?? path[2] ?? 'channels'
  const expected = Object.entries(EXPECTED).find(([name]) => name === field)?.[1] ?? EXPECTED.channels
  return input === undefined
    ? say({ zh: `没有写：应为${afterHan(expected.zh)}`, en: `is missing: expected ${expected.en}` })
    : say({ zh: `不对：应为${afterHan(expected.zh)}`, en: `is not right: expected ${expected.en}` })
}

const wordsFor = (issue: z.core.$ZodIssue, codes: readonly unknown[]): string[] => {
  if (issue.code !== 'unrecognized_keys') return [`${subject(issue.path, codes)} ${issue.message}`]
  const known = KNOWN[issue.path.length] ?? []
  return issue.keys.map((key) => {
    const meant = closestName(key, known)
    const fix: Words = meant
      ? { zh: `是不是 ${meant}？`, en: `did you mean ${meant}?` }
      : { zh: `请删掉；可以写的有 ${known.join('、')}`, en: `remove it; known are ${known.join(', ')}` }
    const where = subject([...issue.path, key], codes)
    return say({ zh: `${where} 是不认识的名字：${fix.zh}`, en: `${where} is unknown: ${fix.en}` })
  })
}

/** Names by the length of the path to where they stand. */
const KNOWN: { [length: number]: readonly string[] } = { 0: ['channels'], 2: CHANNEL_FIELDS, 4: MODEL_FIELDS }

const subject = ([top = 'channels', index, field, item, inner]: Path, codes: readonly unknown[]): string => {
  if (typeof index !== 'number') return shown(top)
  const code = codes[index]
  const name = typeof code === 'string' && code !== '' ? shown(code) : `#${index + 1}`
  const channel = say({ zh: `渠道 ${name}`, en: `channel ${name}` })
  if (field === undefined) return channel
  const colon = say({ zh: '：', en: ': ' })
  if (item === undefined) return `${channel}${colon}${shown(field)}`
  const which = typeof item === 'number' ? `#${item + 1}` : shown(item)
  return inner === undefined
    ? `${channel}${colon}${shown(field)} ${which}`
    : `${channel}${colon}${say({ zh: `${which} 的 ${shown(inner)}`, en: `${shown(inner)} of ${which}` })}`
}

/** A name from the file, fit for one line on a terminal. */
const shown = (name: PropertyKey): string =>
  unmarkVariables(String(name)).replace(/\p{C}/gu, '?').slice(0, 64) || '""'

/** As written, whatever they are; what is no list of maps has none. */
const codesOf = (file: unknown): unknown[] => {
  const channels = member(file, 'channels')
  return Array.isArray(channels) ? channels.map((channel) => member(channel, 'code')) : []
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined

const doubleCodes = (codes: readonly unknown[]): string[] => {
  const twice = codes.filter((code, index) => typeof code === 'string' && codes.indexOf(code) < index)
  return twice.map((code) =>
    say({
      zh: `渠道 ${shown(String(code))} 出现了两次：请给每个渠道不同的 code`,
      en: `channel ${shown(String(code))} stands there twice: give each channel a code of its own`,
    }),
  )
}

const shortened = (problems: string[]): string[] => {
  const more = problems.length - MAX_PROBLEMS
  return more > 0
    ? [
        ...problems.slice(0, MAX_PROBLEMS),
        say({ zh: `还有 ${more} 个问题`, en: `and ${more} more problems` }),
      ]
    : problems
}
