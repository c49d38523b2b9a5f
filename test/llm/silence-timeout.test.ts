import { describe, expect, test } from '@jest/globals'
import type { StreamPart } from '../../src/llm/channel.ts'
import { withSilenceTimeout } from '../../src/llm/silence-timeout.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { channelOf, finish, readAll, request, text } from '../support/stream-of.ts'

type Clock = ReturnType<typeof createManualClock>

/** Waits before each part. */
const pausing = (clock: Clock, ...parts: [number, StreamPart][]) =>
  channelOf('slow', async function* ({ signal }) {
    for (const [waitMs, part] of parts) {
      await clock.sleep(waitMs, signal)
      if (signal.aborted) return
      yield part
    }
  })

describe('the time for the next word', () => {
  test('begins with the first, however long that takes, and begins anew with each', async () => {
    const clock = createManualClock(0)
    const channel = pausing(clock, [100_000, text('1')], [999, text('2')], [999, finish])
    const reading = readAll(withSilenceTimeout(channel, 1000, clock))
    await clock.advance(200_000)
    expect(await reading).toEqual({ parts: [text('1'), text('2'), finish] })
    expect(clock.sleeping()).toBe(0)
  })

  test.each<[string, StreamPart]>([
    ['text', text('开头')],
    ['a thought', { type: 'reasoning', text: '想' }],
  ])('ends at its instant, behind %s, and keeps what came', async (_, part) => {
    const clock = createManualClock(0)
    let signal: AbortSignal | undefined
    const deaf = channelOf('deaf', async function* (asked) {
      signal = asked.signal
      yield part
      await new Promise(() => {})
    })
    const reading = readAll(withSilenceTimeout(deaf, 1000, clock))
    await clock.advance(999)
    expect(signal?.aborted).toBe(false)
    await clock.advance(1)
    expect(await reading).toMatchObject({ parts: [part], error: { channel: 'deaf', fault: 'timeout' } })
    expect(signal?.aborted).toBe(true)
  })

  test('does not count what the reader takes', async () => {
    const clock = createManualClock(0)
    const channel = withSilenceTimeout(pausing(clock, [0, text('1')], [0, finish]), 1000, clock)
    const parts: StreamPart[] = []
    for await (const part of channel.stream(request())) {
      parts.push(part)
      await clock.advance(5000)
    }
    expect(parts).toEqual([text('1'), finish])
  })

  test('leaves the caller’s abort to the caller', async () => {
    const clock = createManualClock(0)
    const caller = new AbortController()
    const reason = new Error('stopped')
    const channel = withSilenceTimeout(pausing(clock, [0, text('1')], [500, finish]), 1000, clock)
    const reading = readAll(channel, request(caller.signal))
    await clock.advance(100)
    caller.abort(reason)
    expect(await reading).toEqual({ parts: [text('1')], error: reason })
    expect(clock.sleeping()).toBe(0)
  })
})
