import type { Binding, BindOwnKey } from '../bind-own-key.ts'
import { isCommand, wordAfter } from '../command-words.ts'
import type { Said } from '../incoming.ts'
import type { Models } from '../models.ts'
import type { Known } from '../question.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

const BIND = ['绑定', '綁定', 'bind']

export type BindKeyParts = {
  bind: BindOwnKey
  models: Pick<Models, 'ownKeyChannels'>
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
    if (isCommand(said, BIND, 'BIND')) {
      const text =
        channels().length > 0 ? parts.texts.bindHow(channels().join(', ')) : parts.texts.bindNotOffered
      return { kind: 'say', text }
    }
    const words = wordsIn(said)
    if (!words) return next()
    const [channel, key] = words.length > 1 ? words : [undefined, words[0]]
    const binding = await parts.bind(user.id, channel?.toLowerCase(), key ?? '')
    if (binding.ok) return { kind: 'say', text: parts.texts.bound(binding.channel, binding.tail) }
    return { kind: 'say', text: refusal(parts, binding, channels()) }
  }

/** As the big providers begin theirs. */
const BARE_KEY = /^sk-[\w-]{16,}$/
const KEY_LIKE = /^[!-~]{16,}$/

/**
 * The key, or the channel and the key. One word is a key; of two the second has to look like one, else it is a sentence.
 * A key alone is taken as well: whatever else it may mean, it must not go to the model, and be kept.
 */
const wordsIn = (said: Said): string[] | undefined => {
  const words = wordAfter(said, BIND)?.split(/\s+/)
  if (words?.length === 1 || (words?.length === 2 && KEY_LIKE.test(words[1] ?? ''))) return words
  return said.kind === 'text' && BARE_KEY.test(said.text.trim()) ? [said.text.trim()] : undefined
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
