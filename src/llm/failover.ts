import { ChannelError, type ChannelFault } from '../base/channel-error.ts'
import type { Log } from '../base/log.ts'
import type { Channel, ChannelRequest, StreamPart } from './channel.ts'
import { untilAborted } from './until-aborted.ts'

/**
 * One channel out of several, tried in order: when one fails before its first text, the next is asked. What has begun to
 * speak is never begun again elsewhere. An empty answer is a failure. A question that one provider refuses is not carried to the others either. Throws
 * the last error when all fail, and at once when the caller aborts. The finish part names who answered.
 */
export const failover = (candidates: readonly Channel[], log: Pick<Log, 'warn'>): Channel => ({
  code: candidates[0]?.code ?? 'none',
  async *stream(request) {
    let failure = new ChannelError('none', 'unavailable', 'there is no channel to ask')
    for (const [index, channel] of candidates.entries()) {
      const next = candidates[index + 1]
      const attempt = { hasText: false }
      try {
        yield* ask(channel, { ...request, mayRetry: next === undefined }, attempt)
        return
      } catch (error) {
        if (attempt.hasText || request.signal.aborted || !isWorthAnother(error)) throw error
        failure = error
      }
      if (next)
        log.warn(
          { from: channel.code, to: next.code, fault: failure.fault },
          'a channel failed, the next one is asked',
        )
    }
    throw failure
  },
})

async function* ask(
  channel: Channel,
  request: ChannelRequest,
  attempt: { hasText: boolean },
): AsyncGenerator<StreamPart> {
  let mayBeEmpty = false
  for await (const part of untilAborted(channel.stream(request), request.signal)) {
    if (part.type === 'text' && part.text.trim() !== '') attempt.hasText = true
    if (part.type !== 'finish') yield part
    else {
      // Cut short or filtered, it would be so elsewhere too.
      mayBeEmpty = part.reason === 'length' || part.reason === 'content-filter'
      if (attempt.hasText || mayBeEmpty) yield { channel: channel.code, ...part }
    }
  }
  if (!attempt.hasText && !mayBeEmpty) throw new ChannelError(channel.code, 'empty-answer', 'no text')
}

/** Faults of the question: another channel would refuse it too, or should not be talked into it. */
const QUESTION_FAULTS: readonly ChannelFault[] = ['bad-request', 'content-filter']

const isWorthAnother = (error: unknown): error is ChannelError =>
  error instanceof ChannelError && !QUESTION_FAULTS.includes(error.fault)
