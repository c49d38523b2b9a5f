import type { StreamPart } from '../../src/llm/channel.ts'
import type { OddProvider, OddReply } from './odd-provider.ts'
import { openTestChannel } from './open-test-channel.ts'
import { readAll, request } from './stream-of.ts'

/** What a channel makes of the reply. `end`: the reason to end, or the error. */
export const heardFrom = async (provider: OddProvider, reply: OddReply) => {
  provider.reply = () => reply
  const { parts, error } = await readAll(openTestChannel(provider.baseUrl), request())
  const of = (type: 'text' | 'reasoning') =>
    parts.map((part: StreamPart) => (part.type === type ? part.text : '')).join('')
  const last = parts.at(-1)
  const end = last?.type === 'finish' ? last.reason : error
  return { text: of('text'), thought: of('reasoning'), end, error }
}
