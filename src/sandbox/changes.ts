/** Somebody's phone shows something else, or something went over the wire. */
export type Change = { of: 'phone'; openid: string } | { of: 'wire' }

/** Tells whoever watches that something has changed; what it is now, they look up themselves. */
export const createChanges = () => {
  const watchers = new Set<(change: Change) => void>()
  return {
    tell(change: Change) {
      for (const watcher of watchers) watcher(change)
    },
    /** Returns how to stop watching. */
    watch(watcher: (change: Change) => void): () => void {
      watchers.add(watcher)
      return () => {
        watchers.delete(watcher)
      }
    },
  }
}

export type Changes = ReturnType<typeof createChanges>
