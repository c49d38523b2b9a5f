import { once } from 'node:events'
import type { Response } from 'express'
import type { Clock } from '../../base/clock.ts'

/** What a handler writes to. Each call resolves when the reader can take more; false once the reader has gone. */
export type EventStream = {
  send(event: { id?: string; type: string; data: object }): Promise<boolean>
  gone: AbortSignal
}

/** Shorter than what proxies and phone networks keep an idle connection for. */
const HEARTBEAT_MS = 15_000

/**
 * Server-sent events. No proxy buffers them (X-Accel-Buffering), heartbeats keep the connection open, and a slow reader
 * slows the writer down rather than filling memory. `stillWelcome` is asked at each heartbeat; false ends the stream.
 * https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export const streamEvents = async (
  res: Response,
  parts: { clock: Clock; gone: AbortSignal; stillWelcome: () => Promise<boolean> },
  tell: (events: EventStream) => Promise<void>,
): Promise<void> => {
  const over = new AbortController()
  const gone = AbortSignal.any([parts.gone, over.signal])
  res.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  })
  const write = async (text: string): Promise<boolean> => {
    if (gone.aborted || res.destroyed) return false
    if (res.write(text)) return true
    await once(res, 'drain', { signal: gone }).catch(() => {})
    return !gone.aborted
  }
  // At once, so that the reader knows the connection to be open.
  await write('retry: 2000\n\n')
  const beating = beat(parts, over, () => write(': \n\n'))
  try {
    await tell({
      gone,
      send: ({ id, type, data }) =>
        write(`${id === undefined ? '' : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`),
    })
  } finally {
    over.abort()
    res.end()
    await beating
  }
}

const beat = async (
  { clock, stillWelcome }: { clock: Clock; stillWelcome: () => Promise<boolean> },
  over: AbortController,
  write: () => Promise<boolean>,
): Promise<void> => {
  while (!over.signal.aborted) {
    await clock.sleep(HEARTBEAT_MS, over.signal)
    if (over.signal.aborted) return
    // A database that cannot be asked now is no reason to hang up.
    if (!(await stillWelcome().catch(() => true)) || !(await write())) over.abort()
  }
}
