import { afterEach, describe, expect, test } from '@jest/globals'
import express from 'express'
import { type EventStream, streamEvents } from '../../src/http/page-api/sse.ts'
import { listen } from '../../src/http/server.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { until } from '../support/until.ts'

const closings: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close()
})

const open = async (
  parts: { gone?: AbortSignal; stillWelcome?: () => Promise<boolean> },
  tell: (events: EventStream) => Promise<void>,
) => {
  const clock = createManualClock(0)
  const listening = await listen(0, '127.0.0.1')
  closings.push(listening.close)
  const app = express()
  app.get('/', (_req, res) =>
    streamEvents(
      res,
      {
        clock,
        gone: parts.gone ?? new AbortController().signal,
        stillWelcome: parts.stillWelcome ?? (async () => true),
      },
      tell,
    ),
  )
  listening.serve(app)
  const response = await fetch(listening.url)
  let got = ''
  const reading = (async () => {
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) got += piece
  })()
  return { clock, reading, got: () => got }
}

const untilGone = ({ gone }: EventStream): Promise<void> =>
  new Promise((resolve) => gone.addEventListener('abort', () => resolve()))

describe('a stream of events', () => {
  test('writes an id, a name and one line of JSON, whatever is in it', async () => {
    const { reading, got } = await open({}, async ({ send }) => {
      await send({ id: '7', type: 'delta', data: { text: 'a\n\nid: 8\r\nevent: x' } })
    })
    await reading
    expect(got()).toBe('retry: 2000\n\nid: 7\nevent: delta\ndata: {"text":"a\\n\\nid: 8\\r\\nevent: x"}\n\n')
  })

  test('beats while nothing happens, and ends when its reader is no longer welcome', async () => {
    let welcome = true
    const { clock, reading, got } = await open({ stillWelcome: async () => welcome }, untilGone)
    await clock.advance(15_000)
    await until(() => got().endsWith(': \n\n'))
    welcome = false
    await clock.advance(15_000)
    await reading
    expect(got()).toBe('retry: 2000\n\n: \n\n')
  })

  test('ends when the service is closing', async () => {
    const closing = new AbortController()
    const { reading, got } = await open({ gone: closing.signal }, untilGone)
    closing.abort()
    await reading
    expect(got()).toBe('retry: 2000\n\n')
  })

  test('tells its writer when nobody reads any more', async () => {
    const hungUp = new AbortController()
    let went: boolean | undefined
    await open({ gone: hungUp.signal }, async (events) => {
      await untilGone(events)
      went = await events.send({ type: 'delta', data: {} })
    })
    hungUp.abort()
    await until(() => went !== undefined)
    expect(went).toBe(false)
  })
})
