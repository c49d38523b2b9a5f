import type { Request, Response } from 'express'
import type { Platform } from './platform.ts'

/** A typing sign runs out without anybody telling. */
const LOOK_AGAIN_MS = 1000
/** The reader, or what stands between, would take a longer silence for a broken connection. */
const QUIET_TICKS = 15

const newer = <Item extends { id: number }>(items: Item[], than: number): Item[] =>
  items.filter(({ id }) => id > than)

/**
 * Server-sent events about one person's phone and the wire log, until the reader goes or `closing` aborts. `start` says
 * everything there is: `{phone, entries}`. After it, `phone` has the phone with its new bubbles and acts alone, and
 * `wire` the new `{entries}`.
 */
export const streamEvents = (
  { platform, closing }: { platform: Platform; closing: AbortSignal | undefined },
  openid: string,
  req: Request,
  res: Response,
): void => {
  let lastBubble = 0
  let lastEntry = 0
  let typing = false
  let quietTicks = 0

  const write = (text: string) => {
    quietTicks = 0
    res.write(text)
  }
  const phone = () => {
    const { messages, acts, ...seen } = platform.phone(openid)
    const fresh = { ...seen, messages: newer(messages, lastBubble), acts: newer(acts, lastBubble) }
    lastBubble = Math.max(lastBubble, ...[...fresh.messages, ...fresh.acts].map(({ id }) => id))
    typing = fresh.typing
    return fresh
  }
  const entries = () => {
    const fresh = newer(platform.wire(), lastEntry)
    lastEntry = fresh.at(-1)?.id ?? lastEntry
    return fresh
  }
  const event = (name: string, data: unknown) => write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)

  res.set({ 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' })
  event('start', { phone: phone(), entries: entries() })
  const unwatch = platform.watch((change) => {
    if (change.of === 'wire') event('wire', { entries: entries() })
    else if (change.openid === openid) event('phone', phone())
  })
  const look = setInterval(() => {
    quietTicks += 1
    if (platform.phone(openid).typing !== typing) event('phone', phone())
    else if (quietTicks >= QUIET_TICKS) write(': still here\n\n')
  }, LOOK_AGAIN_MS)
  look.unref()
  const end = () => {
    unwatch()
    clearInterval(look)
    closing?.removeEventListener('abort', end)
    res.end()
  }
  req.on('close', end)
  closing?.addEventListener('abort', end)
  if (closing?.aborted) end()
}
