import type { Binding, BindOwnKey } from '../bind-own-key.ts'
import { isCommand, wordAfter } from '../command-words.ts'
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

/** 绑定 KEY, or 绑定 CHANNEL KEY where several channels take keys: questions then cost no calls. */
export const bindKey = (parts: BindKeyParts): Rule<Known> =>
  async function bindKey({ said, user }, next) {
    const channels = () => parts.models.ownKeyChannels().map(({ code }) => code)
    if (isCommand(said, BIND, 'BIND')) {
      const text =
        channels().length > 0 ? parts.texts.bindHow(channels().join(', ')) : parts.texts.bindNotOffered
      return { kind: 'say', text }
    }
    const words = wordAfter(said, BIND)?.split(/\s+/)
    // One word is a key; of two the first has to name a channel. More is a sentence.
    const [channel, key] = words?.length === 2 ? words : [undefined, words?.[0]]
    if (key === undefined || (words?.length ?? 0) > 2 || (channel && !isName(channel, channels())))
      return next()
    const binding = await parts.bind(user.id, channel?.toLowerCase(), key)
    return {
      kind: 'say',
      text: binding.ok
        ? parts.texts.bound(binding.channel, binding.tail)
        : refusal(parts, binding, channels()),
    }
  }

const isName = (word: string, channels: string[]): boolean => channels.includes(word.toLowerCase())

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
