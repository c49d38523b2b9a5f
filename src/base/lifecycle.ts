import type { Log } from './log.ts'

export type Closing = () => Promise<void> | void

/** Register the closing where you open; `close` runs them in reverse, all of them, each within the deadline. */
export const createLifecycle = (log: Log, deadlineMs = 10_000) => {
  const closings: { name: string; close: Closing }[] = []
  let closed: Promise<void> | undefined

  const closeAll = async () => {
    for (const { name, close } of closings.toReversed()) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(() => resolve('late'), deadlineMs)
      })
      try {
        if ((await Promise.race([close(), late])) === 'late') log.warn({ name }, 'closing took too long')
      } catch (err) {
        log.error({ err, name }, 'closing failed')
      }
      clearTimeout(timer)
    }
  }

  return {
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
