import { ChannelError } from '../base/channel-error.ts'
import type { Clock } from '../base/clock.ts'
import type { Channel } from './channel.ts'
import { untilAborted } from './until-aborted.ts'

/**
 * The channel, given up when neither text nor reasoning has come within `timeoutMs`: it is aborted, and the reader gets
 * ChannelError `timeout`. Whatever comes later may take as long as the caller allows.
 */
export const withFirstTokenTimeout = (channel: Channel, timeoutMs: number, clock: Clock): Channel => ({
  code: channel.code,
  async *stream(request) {
    const waiting = new AbortController()
    const late = new AbortController()
    const signal = AbortSignal.any([request.signal, late.signal])
    void clock.sleep(timeoutMs, waiting.signal).then(() => {
      if (waiting.signal.aborted) return
      late.abort(new ChannelError(channel.code, 'timeout', `no word within ${timeoutMs} ms`))
    })
    try {
      for await (const part of untilAborted(channel.stream({ ...request, signal }), signal)) {
        waiting.abort()
        yield part
      }
    } finally {
      waiting.abort()
    }
  },
})
