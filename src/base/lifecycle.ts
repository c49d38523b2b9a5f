import type { Log } from './log.ts'

export type Closing = () => Promise<void> | void

/**
 * Register the closing where you open; `close` runs them in reverse, one after the other. When they have not come to their
 * end within the deadline, the rest of them is begun and waited for no longer.
 */
export const createLifecycle = (log: Log, deadlineMs = 7_000) => {
  const closings: { name: string; close: Closing }[] = []
  const closing = new AbortController()
  let closed: Promise<void> | undefined

  const closeAll = async () => {
    closing.abort()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), deadlineMs)
    })
    for (const { name, close } of closings.toReversed()) {
      try {
        if ((await Promise.race([close(), late])) === 'late') log.warn({ name }, 'closing took too long')
      } catch (err) {
        log.error({ err, name }, 'closing failed')
      }
    }
    clearTimeout(timer)
  }

  return {
    /** Aborts when closing begins. */
    signal: closing.signal,
    onClose(name: string, close: Closing) {
      closings.push({ name, close })
    },
    close(): Promise<void> {
      closed ??= closeAll()
      return closed
    },
  }
}

export type Lifecycle = ReturnType<typeof createLifecycle>
