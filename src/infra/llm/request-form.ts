import type { ChannelFault } from '../../base/channel-error.ts'
import type { PromptMessage } from '../../llm/channel.ts'
import type { Complaint, ProviderRefusal } from './complaint.ts'
import { faultOf } from './fault-of.ts'

/** A request's body, before it is JSON. */
export type RequestBody = { readonly [field: string]: unknown; messages: readonly PromptMessage[] }

/**
 * What a provider does not take: a field is left out, goes by its other name or with a lower figure, the system's words go
 * by the user's role.
 */
export type Quirk =
  | { kind: 'omit'; field: string }
  | { kind: 'rename'; field: string; to: string }
  | { kind: 'lower'; field: string; value: number }
  | { kind: 'no-system-role' }

/** The two names of one thing: https://platform.openai.com/docs/api-reference/chat/create */
const OTHER_NAMES: { [field: string]: string } = {
  max_tokens: 'max_completion_tokens',
  max_completion_tokens: 'max_tokens',
}

/** Without these it would be no question. */
const NEEDED = ['model', 'messages']
/** Statuses by which the form of a request is refused; a 500 comes of a template that knows no system role. */
const FORM_STATUSES = [200, 400, 406, 415, 422, 500, 501]

const ROLES =
  /system[_ -]?(?:role|message|prompt|instruction)|developer[_ -]?(?:role|message|instruction)|\broles?\b|角色|odd number|first message/
const STREAMING =
  /stream(?:ing)?\b.{0,40}(?:not supported|unsupported|not available|not enabled|disabled|verified)|(?:not support|verified to|不支持).{0,20}(?:stream|流式)/
const PLAIN_ABOUT_FIELDS = /param|field|argument|propert|extra|input|参数|字段/

/** Words that stand in sentences about other things too. */
const COMMON_WORDS = ['stop', 'user', 'store', 'tools', 'input', 'think', 'thinking', 'reasoning', 'metadata']
const ABOUT_ACCESS: readonly ChannelFault[] = ['unauthorized', 'rate-limited', 'region', 'content-filter']

/**
 * What of this body the refusal is about; undefined when it is about something else. Not `sure` where the question has
 * the same words: the provider may have quoted it, and nobody's question decides over those of others.
 */
export const quirkIn = (
  refusal: ProviderRefusal,
  body: RequestBody,
): { quirk: Quirk; isSure: boolean } | undefined => {
  const { status, complaint } = refusal
  if (!FORM_STATUSES.includes(status) || complaint.isPage) return undefined
  if (ABOUT_ACCESS.includes(faultOf(refusal))) return undefined
  const quirk = quirkOf(complaint, body)
  if (!quirk) return undefined
  const asked = body.messages.filter(({ role }) => role !== 'system')
  const isQuoted = asked.some(({ content }) =>
    quirk.kind === 'no-system-role' ? ROLES.test(content.toLowerCase()) : content.includes(quirk.field),
  )
  return { quirk, isSure: !isQuoted }
}

const quirkOf = ({ texts, words }: Complaint, body: RequestBody): Quirk | undefined => {
  const isNamed = (field: string): boolean => {
    const name = field.toLowerCase()
    // Quoted, or an element by itself: a word such as `stop` or `user` stands in other sentences too.
    if (texts.includes(name)) return true
    const quoted = new RegExp(`['"\`“‘「\\[.]${escaped(name)}['"\`”’」\\]:.]`)
    if (quoted.test(words)) return true
    const word = new RegExp(`(?<![\\w-])${escaped(name)}(?![\\w-])`)
    const isCommon = name.length < 5 || COMMON_WORDS.includes(name)
    return word.test(words) && (!isCommon || PLAIN_ABOUT_FIELDS.test(words))
  }
  if (IS_CONTEXT.test(words) && IS_ANSWER.test(words)) return contextQuirkIn(words, body)
  const fields = Object.keys(body)
    .filter((field) => !NEEDED.includes(field) && field !== 'stream')
    .toSorted((a, b) => b.length - a.length)
  const field = fields.find(isNamed)
  if (field !== undefined) {
    const to = OTHER_NAMES[field]
    if (to !== undefined && words.includes(to) && !(to in body) && !IS_TOO_MUCH.test(words))
      return { kind: 'rename', field, to }
    return loweredIn(words, field, body[field]) ?? { kind: 'omit', field }
  }
  if (body.stream === true && (STREAMING.test(words) || texts.includes('stream')))
    return { kind: 'omit', field: 'stream' }
  const hasSystem = body.messages.some(({ role }) => role === 'system')
  return hasSystem && ROLES.test(words) ? { kind: 'no-system-role' } : undefined
}

const IS_TOO_MUCH =
  /too (?:large|big|high|many)|at most|less than|maximum|range|exceed|<=|≤|过大|范围|不能大于|超过/
const LEAST_TOKENS = 16
const IS_CONTEXT = /context (?:length|window|size|limit)|context_length|上下文/
const IS_ANSWER = /completion|max_tokens|output tokens/

/** A limit of tokens that is told is kept: without one a call has no upper cost. */
const loweredIn = (words: string, field: string, sent: unknown): Quirk | undefined => {
  if (typeof sent !== 'number' || !(field in OTHER_NAMES) || !IS_TOO_MUCH.test(words)) return undefined
  const told = [...words.matchAll(/\d{2,9}/g)].map(([figure]) => Number(figure))
  const value = Math.max(0, ...told.filter((figure) => figure < sent))
  return value >= LEAST_TOKENS ? { kind: 'lower', field, value } : undefined
}

/**
 * Question and answer share the context of many models: a quarter of it may go to the answer. Where that is so already,
 * it is the question that is too long.
 */
const contextQuirkIn = (words: string, body: RequestBody): Quirk | undefined => {
  const field = Object.keys(OTHER_NAMES).find((name) => name in body)
  const sent = field === undefined ? undefined : body[field]
  if (field === undefined || typeof sent !== 'number') return undefined
  const context = Number(/context[^\d]{0,60}(\d{3,8})/.exec(words)?.[1] ?? sent)
  const value = Math.floor(context / 4)
  return value >= LEAST_TOKENS && value < sent ? { kind: 'lower', field, value } : undefined
}

const escaped = (text: string): string => text.replace(/[^\w]/g, '\\$&')

/** The body as the provider takes it. */
export const withQuirks = (body: RequestBody, quirks: readonly Quirk[]): RequestBody =>
  quirks.reduce(withQuirk, body)

const withQuirk = (body: RequestBody, quirk: Quirk): RequestBody => {
  if (quirk.kind === 'no-system-role') return { ...body, messages: withoutSystem(body.messages) }
  const { [quirk.field]: value, ...rest } = body
  const others = { ...rest, messages: body.messages }
  if (quirk.kind === 'lower')
    return { ...others, [quirk.field]: typeof value === 'number' ? Math.min(value, quirk.value) : value }
  return quirk.kind === 'rename' && value !== undefined ? { ...others, [quirk.to]: value } : others
}

/** The system's words stand before the first of the user's. */
const withoutSystem = (messages: readonly PromptMessage[]): PromptMessage[] => {
  const words = messages.filter(({ role }) => role === 'system').map(({ content }) => content)
  const others = messages.filter(({ role }) => role !== 'system')
  const first = others.findIndex(({ role }) => role === 'user')
  return others.map((message, index) =>
    index === first ? { role: 'user', content: [...words, message.content].join('\n\n') } : message,
  )
}

/** What is left out is tried again after a while: providers learn. */
const KNOWN_MS = 3_600_000
const MAX_QUIRKS = 12

/** What providers did not take, by model, for an hour. */
export const createQuirks = () => {
  const known = new Map<string, { quirks: Quirk[]; until: number }>()
  return {
    of(model: string, now: number): readonly Quirk[] {
      const kept = known.get(model)
      return kept && kept.until > now ? kept.quirks : []
    },
    /** False when that is known already and did not help, or when there are too many. */
    learn(model: string, quirk: Quirk, now: number): boolean {
      const quirks = this.of(model, now)
      const isKnown = quirks.some((each) => JSON.stringify(each) === JSON.stringify(quirk))
      if (isKnown || quirks.length >= MAX_QUIRKS) return false
      known.set(model, { quirks: [...quirks, quirk], until: now + KNOWN_MS })
      return true
    },
  }
}

export type Quirks = ReturnType<typeof createQuirks>
