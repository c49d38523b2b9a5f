/**
 * The queue is a messenger: it carries turn ids and nothing else. The database is the truth, so losing the queue
 * loses no question (a sweep adds every unfinished turn again). A handler may see one id more than once, never
 * twice at the same time unless a worker was lost sight of; it looks into the database first.
 */
export type TurnQueue = {
  /**
   * Hands the turn to some worker, sooner or later. An id that already waits is not added twice. An id that is
   * running is run once more afterwards, because there may be new work for it, however often it was added.
   * Rejects within about two seconds when the queue is out of reach, and at once when it is closed; the id may
   * still have been added.
   */
  add(turnId: string): Promise<void>
  /**
   * Starts handing turn ids to `handle`, at most `concurrency` at once. A rejection is tried again with growing
   * pauses, a bounded number of times; then the id is dropped and logged. Resolves once ids can arrive. May be
   * called once.
   */
  work(handle: (turnId: string) => Promise<void>, concurrency: number): Promise<void>
  /** Takes no more ids, waits for the running handlers. Ids that wait are left to the next process or the sweep. */
  close(): Promise<void>
}
