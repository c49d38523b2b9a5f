import { ChannelError, type ChannelFault } from '../base/channel-error.ts'
import type { Log } from '../base/log.ts'
import type { Channel, ChannelRequest, StreamPart } from './channel.ts'
import { hideReasoning } from './hide-reasoning.ts'
import { shorterHistory } from './shorter-history.ts'
import { untilAborted } from './until-aborted.ts'

/**
 * One channel out of several, tried in order: when one fails before its first text, the next is asked. What has begun to
 * speak is never begun again elsewhere; thoughts, in whatever marks, are no speech. An empty answer is a failure. A
 * question that one provider refuses is not carried to the others either; a prompt that is too long for one is, and when
 * none has room for it, those are asked again with a shorter history. Throws the last error when all fail, and at once
 * when the caller aborts. The finish part names who answered. `retries`: the last may try once more by itself.
 */
export const failover = (
  candidates: readonly Channel[],
  log: Pick<Log, 'warn'>,
  { retries = true }: { retries?: boolean } = {},
): Channel => ({
  code: candidates[0]?.code ?? 'none',
  async *stream(request) {
    let failure = new ChannelError('none', 'unavailable', 'there is no channel to ask')
    const line = candidates.map((channel) => ({ channel, messages: request.messages }))
    for (let attempt = line.shift(); attempt; attempt = line.shift()) {
      const { channel, messages } = attempt
      const spoken = { hasText: false }
      try {
        const mayRetry = retries && line.length === 0
        yield* ask(channel, { ...request, messages, mayRetry }, spoken)
        return
      } catch (error) {
        if (spoken.hasText || request.signal.aborted || !isWorthAnother(error)) throw error
        failure = error
      }
      const shorter = failure.fault === 'too-long' ? shorterHistory(messages) : undefined
      if (shorter) line.push({ channel, messages: shorter })
      const next = line[0]?.channel
      if (next)
        log.warn(
          { from: channel.code, to: next.code, fault: failure.fault, reason: failure.message },
          'a channel failed, the next one is asked',
        )
    }
    throw failure
  },
})

async function* ask(
  channel: Channel,
  request: ChannelRequest,
  spoken: { hasText: boolean },
): AsyncGenerator<StreamPart> {
  let mayBeEmpty = false
  const parts = hideReasoning(untilAborted(channel.stream(request), request.signal))
  for await (const part of parts) {
    if (part.type === 'text' && part.text.trim() !== '') spoken.hasText = true
    if (part.type !== 'finish') yield part
    else {
      // Cut short or filtered, it would be so elsewhere too.
      mayBeEmpty = part.reason === 'length' || part.reason === 'content-filter'
      if (spoken.hasText || mayBeEmpty) yield { channel: channel.code, ...part }
    }
  }
  if (!spoken.hasText && !mayBeEmpty) throw new ChannelError(channel.code, 'empty-answer', 'no text')
}

/** Faults of the question: another channel would refuse it too, or should not be talked into it. */
const QUESTION_FAULTS: readonly ChannelFault[] = ['bad-request', 'content-filter']

const isWorthAnother = (error: unknown): error is ChannelError =>
  error instanceof ChannelError && !QUESTION_FAULTS.includes(error.fault)
