/** What a stream counts under, and how many of it may be open at once. */
export type Slot = { key: string; most: number }

/** Streams that are open in this process. */
export type OpenStreams = {
  /** One of each, or none: undefined when one of them has as many as it may. Give them back by what is returned, once. */
  take(slots: readonly Slot[]): (() => void) | undefined
}

export const createOpenStreams = (): OpenStreams => {
  const open = new Map<string, number>()
  const count = (key: string) => open.get(key) ?? 0
  return {
    take(slots) {
      if (slots.some(({ key, most }) => count(key) >= most)) return undefined
      for (const { key } of slots) open.set(key, count(key) + 1)
      let isOver = false
      return () => {
        if (isOver) return
        isOver = true
        for (const { key } of slots) {
          const left = count(key) - 1
          if (left > 0) open.set(key, left)
          else open.delete(key)
        }
      }
    },
  }
}
