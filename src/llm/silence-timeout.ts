import { ChannelError } from '../base/channel-error.ts'
import type { Clock } from '../base/clock.ts'
import type { Channel } from './channel.ts'
import { untilAborted } from './until-aborted.ts'

/**
 * The channel, given up when it has begun, with text or reasoning, and then says nothing for `timeoutMs`: it is aborted,
 * and the reader gets ChannelError `timeout` behind what has come. Time that the reader takes does not count.
 */
export const withSilenceTimeout = (channel: Channel, timeoutMs: number, clock: Clock): Channel => ({
  code: channel.code,
  async *stream(request) {
    const silent = new AbortController()
    const signal = AbortSignal.any([request.signal, silent.signal])
    let waiting = new AbortController()
    try {
      for await (const part of untilAborted(channel.stream({ ...request, signal }), signal)) {
        waiting.abort()
        yield part
        waiting = new AbortController()
        const { signal: heard } = waiting
        void clock.sleep(timeoutMs, heard).then(() => {
          if (heard.aborted) return
          silent.abort(new ChannelError(channel.code, 'timeout', `no word for ${timeoutMs} ms`))
        })
      }
    } finally {
      waiting.abort()
    }
  },
})
