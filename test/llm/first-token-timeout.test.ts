import { describe, expect, test } from '@jest/globals'
import type { StreamPart } from '../../src/llm/channel.ts'
import { withFirstTokenTimeout } from '../../src/llm/first-token-timeout.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { channelOf, finish, readAll, request, saying, text } from '../support/stream-of.ts'

/** Waits, says a part, waits again, says another. */
const slow = (clock: ReturnType<typeof createManualClock>, firstMs: number, part: StreamPart, nextMs = 0) =>
  channelOf('slow', async function* () {
    await clock.sleep(firstMs)
    yield part
    await clock.sleep(nextMs)
    yield finish
  })

describe('the time for the first word', () => {
  test('lets a channel pass that speaks in time', async () => {
    const clock = createManualClock(0)
    const channel = withFirstTokenTimeout(saying('a', text('1'), finish), 1000, clock)
    expect(channel.code).toBe('a')
    expect(await readAll(channel)).toEqual({ parts: [text('1'), finish] })
    expect(clock.sleeping()).toBe(0)
  })

  test.each([
    ['text', text('1')],
    ['reasoning', { type: 'reasoning', text: 'hm' }],
  ] as const)('counts %s, and then takes its time', async (_name, part) => {
    const clock = createManualClock(0)
    const reading = readAll(withFirstTokenTimeout(slow(clock, 999, part, 60_000), 1000, clock))
    await clock.advance(100_000)
    expect(await reading).toEqual({ parts: [part, finish] })
  })

  test('ends at its instant, with an error that says so', async () => {
    const clock = createManualClock(0)
    let signal: AbortSignal | undefined
    const channel = channelOf('deaf', async function* (asked) {
      signal = asked.signal
      await new Promise(() => {})
      yield text('never')
    })
    const reading = readAll(withFirstTokenTimeout(channel, 1000, clock))
    await clock.advance(999)
    expect(signal?.aborted).toBe(false)
    await clock.advance(1)
    expect(await reading).toMatchObject({ parts: [], error: { channel: 'deaf', fault: 'timeout' } })
    expect(signal?.aborted).toBe(true)
  })

  test('is the same for a channel that ends quietly or with an error of its own when it is aborted', async () => {
    for (const ending of ['quiet', 'error']) {
      const clock = createManualClock(0)
      const channel = channelOf('a', async function* ({ signal }) {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
        if (ending === 'error') throw new Error('aborted')
        yield* []
      })
      const reading = readAll(withFirstTokenTimeout(channel, 1000, clock))
      await clock.advance(1000)
      expect(await reading).toMatchObject({ parts: [], error: { fault: 'timeout' } })
    }
  })

  test('leaves the caller’s abort to be the caller’s', async () => {
    const clock = createManualClock(0)
    const caller = new AbortController()
    const channel = withFirstTokenTimeout(slow(clock, 5000, text('1')), 1000, clock)
    const reading = readAll(channel, request(caller.signal))
    await clock.advance(500)
    const reason = new Error('stopped')
    caller.abort(reason)
    expect(await reading).toEqual({ parts: [], error: reason })
  })

  test('leaves a failure as it is, and no timer behind', async () => {
    const clock = createManualClock(0)
    const failure = new Error('broken')
    expect(await readAll(withFirstTokenTimeout(saying('a', failure), 1000, clock))).toEqual({
      parts: [],
      error: failure,
    })
    expect(clock.sleeping()).toBe(0)
  })
})
