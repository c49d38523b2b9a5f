import type { Channel, ChannelRequest, StreamPart } from '../../src/llm/channel.ts'

/** A channel made of a function. */
export const channelOf = (code: string, stream: Channel['stream']): Channel => ({ code, stream })

/** A channel that says these parts, and throws an error where one stands among them. */
export const saying = (
  code: string,
  ...parts: (StreamPart | Error)[]
): Channel & { asked: ChannelRequest[] } => {
  const asked: ChannelRequest[] = []
  return {
    code,
    asked,
    async *stream(request) {
      asked.push(request)
      for (const part of parts) {
        if (part instanceof Error) throw part
        yield part
      }
    },
  }
}

export const text = (words: string): StreamPart => ({ type: 'text', text: words })
export const finish: StreamPart = { type: 'finish', reason: 'stop' }

export const request = (signal = new AbortController().signal): ChannelRequest => ({
  model: 'm',
  messages: [{ role: 'user', content: '?' }],
  signal,
})

/** All parts, and the error at the end when there was one. */
export const readAll = async (
  channel: Channel,
  asked = request(),
): Promise<{ parts: StreamPart[]; error?: unknown }> => {
  const parts: StreamPart[] = []
  try {
    for await (const part of channel.stream(asked)) parts.push(part)
    return { parts }
  } catch (error) {
    return { parts, error }
  }
}
