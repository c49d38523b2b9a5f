/** One reader's seat: it is woken when there may be something new, and told to stop. */
export type Listener = {
  /** Resolves at the first wake since it last resolved, and at once when stopped. */
  woken(): Promise<void>
  isStopped(): boolean
  /** Resolves when stopped. */
  stopped: Promise<'stopped'>
}

type Seat = Listener & { wake(): void; stop(): void; leave(): void }

export type Listeners = {
  /** `leave` has to follow. The listener stops when `signal` aborts. */
  join(turnId: string, signal: AbortSignal): Listener & { leave(): void }
  wake(turnId: string): void
  wakeAll(): void
  stopAll(): void
  turnIds(): string[]
}

export type ListenersOptions = {
  onFirst?: (turnId: string) => void
  onLast?: (turnId: string) => void
}

/** Who waits for which turn, within one process. */
export const createListeners = ({ onFirst, onLast }: ListenersOptions = {}): Listeners => {
  const seats = new Map<string, Set<Seat>>()
  const all = () => [...seats.values()].flatMap((some) => [...some])

  return {
    join(turnId, signal) {
      const seat = createSeat(signal)
      const neighbours = seats.get(turnId) ?? new Set()
      neighbours.add(seat)
      if (!seats.has(turnId)) {
        seats.set(turnId, neighbours)
        onFirst?.(turnId)
      }
      const leave = () => {
        seat.leave()
        if (!neighbours.delete(seat) || neighbours.size > 0) return
        seats.delete(turnId)
        onLast?.(turnId)
      }
      return { ...seat, leave }
    },
    wake(turnId) {
      for (const seat of seats.get(turnId) ?? []) seat.wake()
    },
    wakeAll() {
      for (const seat of all()) seat.wake()
    },
    stopAll() {
      for (const seat of all()) seat.stop()
    },
    turnIds: () => [...seats.keys()],
  }
}

const createSeat = (signal: AbortSignal): Seat => {
  let awake = false
  let isStopped = false
  let resolveWoken = () => {}
  const { promise: stopped, resolve: resolveStopped } = Promise.withResolvers<'stopped'>()

  const wake = () => {
    awake = true
    resolveWoken()
  }
  const stop = () => {
    isStopped = true
    resolveStopped('stopped')
    wake()
  }
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop)

  return {
    wake,
    stop,
    stopped,
    isStopped: () => isStopped,
    async woken() {
      if (!awake && !isStopped)
        await new Promise<void>((resolve) => {
          resolveWoken = resolve
        })
      awake = false
    },
    leave: () => signal.removeEventListener('abort', stop),
  }
}
