import type { TurnEvents } from '../../../src/http/contract.ts'

export type TurnListener = {
  /** What was said so far is void. */
  start(): void
  delta(text: string): void
  finish(event: TurnEvents['finish']): void
  failed(event: TurnEvents['error']): void
  /** The line is down; it is tried again. */
  lost(): void
  /** It cannot be followed, so the turn has to be asked for. True when it has ended meanwhile. */
  check(): Promise<boolean>
}

const firstWaitMs = 1000
const longestWaitMs = 20_000

/** Tells what becomes of a turn, from its beginning, until it has ended or the returned function is called. */
export const followTurn = (turnId: string, listener: TurnListener): (() => void) => {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let waitMs = firstWaitMs
  let isOver = false

  const close = (): void => {
    isOver = true
    source?.close()
    clearTimeout(timer)
  }

  const open = (): void => {
    if (isOver) return
    source?.close()
    const events = new EventSource(`/api/turns/${encodeURIComponent(turnId)}/events`)
    source = events
    let isFirst = true
    const on = <Name extends keyof TurnEvents>(name: Name, act: (event: TurnEvents[Name]) => void): void =>
      events.addEventListener(name, (event) => {
        // `error` is also what EventSource itself calls a lost connection.
        if (isOver || !(event instanceof MessageEvent)) return
        // A new source is told everything again, with or without a `start`.
        if (isFirst && name !== 'start') listener.start()
        isFirst = false
        waitMs = firstWaitMs
        act(JSON.parse(event.data))
      })
    on('start', () => listener.start())
    on('delta', ({ text }) => listener.delta(text))
    on('finish', (event) => {
      close()
      listener.finish(event)
    })
    on('error', (event) => {
      close()
      listener.failed(event)
    })
    events.onerror = (event) => {
      if (isOver || event instanceof MessageEvent) return
      listener.lost()
      if (events.readyState === EventSource.CLOSED) void again()
    }
  }

  // Refused, by a proxy or a limit: EventSource gives up, we do not.
  const again = async (): Promise<void> => {
    const hasEnded = await listener.check()
    if (hasEnded) close()
    if (isOver) return
    timer = setTimeout(open, waitMs)
    waitMs = Math.min(waitMs * 2, longestWaitMs)
  }

  open()
  return close
}
