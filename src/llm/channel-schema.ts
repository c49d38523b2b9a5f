import { z } from 'zod'
import type { Env } from '../base/config.ts'
import { say } from '../base/say.ts'
import { expandVariables } from './expand-env.ts'

const MAX_NAME_CHARS = 128
const MAX_KEYS = 50
const MAX_BODY_FIELDS = 50
const MAX_BODY_CHARS = 8000
/** Ours to say: without them it would not be this question. */
const OUR_FIELDS = ['model', 'messages', 'stream']

/** How a right value of each field looks; ends the sentence "expected …", 「应为……」. */
export const EXPECTED = {
  channels: {
    zh: '一个列表，至少有一个渠道，每个以 "- code:" 开头',
    en: 'a list with at least one channel, each beginning with "- code:"',
  },
  code: { zh: '1 到 64 个小写字母、数字和连字符', en: '1 to 64 lower-case letters, digits and hyphens' },
  baseUrl: {
    zh: 'http(s) 网址，不带用户名、密码和参数，如 https://api.openai.com/v1',
    en: 'an http(s) URL without user, password and query, such as https://api.openai.com/v1',
  },
  apiKeys: {
    zh: `不含空格的 API Key，写成列表，最多 ${MAX_KEYS} 个，如 [\${OPENAI_KEY_1}]`,
    en: `keys without white space, up to ${MAX_KEYS} in a list, such as [\${OPENAI_KEY_1}]`,
  },
  models: {
    zh: '至少一个模型，写成 名字: {} 或 名字: { upstream: 服务商的名字, price: 次数 }',
    en: 'at least one model, written as NAME: {} or NAME: { upstream: NAME, price: CALLS }',
  },
  upstream: {
    zh: `服务商那里的模型名，最多 ${MAX_NAME_CHARS} 个字符`,
    en: `the provider's name of the model, up to ${MAX_NAME_CHARS} characters`,
  },
  price: { zh: '0 到 1000 之间的整数（每个问题多少次）', en: 'a whole number of calls from 0 to 1000' },
  contextTokens: {
    zh: '100 到 10000000 之间的整数（token 数）',
    en: 'a whole number of tokens from 100 to 10000000',
  },
  maxTokens: { zh: '1 到 1000000 之间的整数（token 数）', en: 'a whole number of tokens from 1 to 1000000' },
  priority: {
    zh: '0 到 1000 之间的整数，小的先用',
    en: 'a whole number from 0 to 1000; lower is tried first',
  },
  weight: { zh: '0 到 1000 之间的整数', en: 'a whole number from 0 to 1000' },
  firstTokenTimeoutMs: { zh: '1 到 3600000 毫秒', en: 'milliseconds from 1 to 3600000' },
  silenceTimeoutMs: { zh: '1 到 3600000 毫秒', en: 'milliseconds from 1 to 3600000' },
  proxy: {
    zh: '代理的地址，如 http://127.0.0.1:7890，或 none',
    en: 'the address of a proxy, such as http://127.0.0.1:7890, or none',
  },
  body: {
    zh: `加进请求的字段，最多 ${MAX_BODY_FIELDS} 个，如 { temperature: 0.6 }，但不能是 model、messages、stream`,
    en: `up to ${MAX_BODY_FIELDS} fields for the request, such as { temperature: 0.6 }, but not model, messages or stream`,
  },
  vision: { zh: 'true 或 false', en: 'true or false' },
  ownKeys: { zh: 'true 或 false', en: 'true or false' },
}

export type FieldName = keyof typeof EXPECTED

export const MODEL_FIELDS: readonly FieldName[] = [
  'upstream',
  'price',
  'contextTokens',
  'maxTokens',
  'body',
  'vision',
]
export const CHANNEL_FIELDS: readonly FieldName[] = [
  ...(['code', 'baseUrl', 'apiKeys', 'models', 'priority', 'weight', 'firstTokenTimeoutMs'] as const),
  ...(['silenceTimeoutMs', 'proxy', 'ownKeys'] as const),
]

/** Words with single spaces between them, nothing invisible, nothing left over from a `${…}` that was no variable. */
const NAME = /^[^\s\p{C}${}]+(?: [^\s\p{C}${}]+)*$/u
/** People wait that long for a sentence to go on; models that think where nobody sees it begin later, not in between. */
export const DEFAULT_SILENCE_MS = 45_000
/** What may stand in an HTTP header. */
export const API_KEY = /^[\x21-\x7e]{1,1000}$/

/** The whole file, after markVariables. Refuses what it does not know; EXPECTED has the words for that. */
export const channelsSchema = (env: Env) => {
  const text = z.string().transform((written, context) => {
    const { text, missing } = expandVariables(written, env)
    for (const name of missing)
      context.addIssue(
        say({
          zh: `需要 \${${name}}：请在环境变量或 .env 里设置 ${name}`,
          en: `needs \${${name}}: set ${name} in the environment or in .env`,
        }),
      )
    if (/\$\{/.test(written))
      context.addIssue(
        say({
          zh: `里的 \${…} 不是变量：里面只能有字母、数字和 _`,
          en: `holds a \${…} that names no variable: letters, digits and _ may stand in it`,
        }),
      )
    return text
  })
  const whole = (min: number, max: number) => z.int().min(min).max(max)
  const name = z.string().max(MAX_NAME_CHARS).regex(NAME)

  const model = z.strictObject({
    upstream: text.pipe(name).optional(),
    price: whole(0, 1000).default(1),
    contextTokens: whole(100, 10_000_000).optional(),
    maxTokens: whole(1, 1_000_000).optional(),
    body: z
      .record(z.string(), z.unknown())
      .refine((fields) => Object.keys(fields).length <= MAX_BODY_FIELDS)
      .refine((fields) => !OUR_FIELDS.some((name) => name in fields))
      .refine((fields) => JSON.stringify(fields).length <= MAX_BODY_CHARS)
      .transform((fields, context) => expandIn(fields, text, context))
      .optional(),
    vision: z.boolean().optional(),
  })
  const channel = z.strictObject({
    code: text.pipe(z.string().regex(/^[a-z0-9-]{1,64}$/)),
    baseUrl: text
      .pipe(
        z
          .url({ protocol: /^https?$/ })
          .refine(isBare)
          .transform(withoutSlash),
      )
      .optional(),
    apiKeys: z
      .array(text.pipe(z.string().regex(API_KEY)))
      .max(MAX_KEYS)
      .default([]),
    models: z
      // `NAME:` alone is null to YAML and plain to people.
      .record(name, model.nullable())
      .refine((models) => Object.keys(models).length > 0),
    priority: whole(0, 1000).default(1),
    weight: whole(0, 1000).default(1),
    firstTokenTimeoutMs: whole(1, 3_600_000).default(20_000),
    silenceTimeoutMs: whole(1, 3_600_000).default(DEFAULT_SILENCE_MS),
    proxy: text.pipe(z.union([z.literal('none'), z.url({ protocol: /^(https?|socks5)$/ })])).optional(),
    ownKeys: z.boolean().default(false),
  })
  return z.strictObject({ channels: z.array(channel).min(1) })
}

/** Fields with the values of variables in all of their texts. */
const expandIn = (
  fields: { [name: string]: unknown },
  text: z.ZodType<string, string>,
  context: z.core.$RefinementCtx,
): { [name: string]: unknown } => {
  const expand = (value: unknown): unknown => {
    if (typeof value === 'string') {
      const read = text.safeParse(value)
      for (const { message } of read.error?.issues ?? []) context.addIssue(message)
      return read.data ?? ''
    }
    if (Array.isArray(value)) return value.map(expand)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, expand(each)]))
  }
  return Object.fromEntries(Object.entries(fields).map(([name, each]) => [name, expand(each)]))
}

/** `user:password@` would be shown where addresses are, and a query would end up in the middle of a longer address. */
const isBare = (address: string): boolean => {
  const { username, password, search, hash } = new URL(address)
  return username === '' && password === '' && search === '' && hash === ''
}

const withoutSlash = (address: string): string => address.replace(/\/+$/, '')
