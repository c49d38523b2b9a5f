import type { Binding, BindOwnKey } from '../bind-own-key.ts'
import { isCommand, wordAfter } from '../command-words.ts'
import { COMMANDS } from '../commands.ts'
import type { Said } from '../incoming.ts'
import type { Models } from '../models.ts'
import type { Known } from '../question.ts'
import type { Rule } from '../rulebook.ts'
import type { SecretsInText } from '../secrets/secrets-in-text.ts'
import type { Texts } from '../texts.ts'

export type BindKeyParts = {
  bind: BindOwnKey
  models: Pick<Models, 'ownKeyChannels'>
  secrets: Pick<SecretsInText, 'key'>
  texts: Pick<
    Texts,
    | 'bindHow'
    | 'bound'
    | 'bindMalformed'
    | 'bindRefused'
    | 'bindNoCredit'
    | 'bindUnreachable'
    | 'bindUnknownChannel'
    | 'bindNotOffered'
    | 'bindTooManyTries'
  >
}

/** 绑定 KEY, 绑定 CHANNEL KEY where several channels take keys, or a key alone: questions then cost no calls. */
export const bindKey = (parts: BindKeyParts): Rule<Known> =>
  async function bindKey({ said, user }, next) {
    const channels = () => parts.models.ownKeyChannels().map(({ code }) => code)
    if (isCommand(said, COMMANDS.bind)) {
      const text =
        channels().length > 0 ? parts.texts.bindHow(channels().join(', ')) : parts.texts.bindNotOffered
      return { kind: 'say', text }
    }
    const meant = wordsIn(said, parts.secrets) ?? keyIn(said, parts.secrets, channels())
    if (!meant) return next()
    const binding = await parts.bind(user, meant.channel, meant.key)
    if (binding.ok) return { kind: 'say', text: parts.texts.bound(binding.channel, binding.tail) }
    return { kind: 'say', text: refusal(parts, binding, channels()) }
  }

type Meant = { channel: string | undefined; key: string }

const KEY_LIKE = /^[!-~]{16,}$/

/** The command as it is told of. One word is a key; of two the second has to look like one, else it is a sentence. */
const wordsIn = (said: Said, secrets: BindKeyParts['secrets']): Meant | undefined => {
  const [first, second, ...more] = wordAfter(said, COMMANDS.bind)?.split(/\s+/) ?? []
  if (first === undefined || more.length > 0) return undefined
  // Without the full stop behind it.
  const bare = (word: string) => secrets.key(word)?.key ?? word
  if (second === undefined)
    return PRINTABLE.test(first) ? { channel: undefined, key: bare(first) } : undefined
  // Of two keys, or of one broken in two, none names a channel.
  if (!KEY_LIKE.test(second) || secrets.key(first)) return undefined
  // 「绑定 key sk-…」 names no channel.
  const isName = first.replace(ONLY_NAMES_IT, '') === ''
  return { channel: isName ? undefined : first.toLowerCase(), key: bare(second) }
}

const PRINTABLE = /^[!-~]+$/
const SAYS_BIND = /绑定|綁定|bind/i
/** Whoever asks about a key does not ask to have it bound. */
const ASKS = /[?？吗呢]|怎么|如何|为什么|为啥|什么|why|how|what|报错|失败|解绑|不要|别/i
/** What stands beside a key and says only what it is. */
const ONLY_NAMES_IT =
  /api|key|密钥|秘钥|openai|deepseek|我的|我|这是|是|为|my|is|the|please|谢谢|麻烦|帮我|请|用|一下|吧|[^\p{L}\p{N}]/giu

/**
 * The key in a sentence that asks to bind it, or says nothing else. A key that belongs to one provider by its shape is
 * shown to a channel only where that was asked for.
 */
const keyIn = (
  said: Said,
  secrets: BindKeyParts['secrets'],
  channels: readonly string[],
): Meant | undefined => {
  const found = said.kind === 'text' ? secrets.key(said.text) : undefined
  if (!found?.own || ASKS.test(found.rest)) return undefined
  const isAsked = SAYS_BIND.test(found.rest)
  const isBare = found.rest.replace(ONLY_NAMES_IT, '') === ''
  if (!isAsked && (found.named || !isBare)) return undefined
  const words = found.rest.toLowerCase().split(/[^a-z0-9_-]+/)
  return { channel: channels.find((code) => words.includes(code.toLowerCase())), key: found.key }
}

const refusal = (
  { texts }: BindKeyParts,
  binding: Exclude<Binding, { ok: true }>,
  channels: string[],
): string => {
  switch (binding.reason) {
    case 'not-offered':
      return texts.bindNotOffered
    case 'unknown-channel':
      return texts.bindUnknownChannel(channels.join(', '))
    case 'malformed':
      return texts.bindMalformed
    case 'refused':
      return texts.bindRefused
    case 'no-credit':
      return texts.bindNoCredit
    case 'unreachable':
      return texts.bindUnreachable
    case 'too-many-tries':
      return texts.bindTooManyTries(Math.ceil(binding.retryAfterMs / 60_000))
  }
}
