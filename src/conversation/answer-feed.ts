/** What a worker tells of a running answer. `start` means: forget what came before, a new attempt begins. */
export type FeedEvent =
  | { type: 'start' }
  | { type: 'delta'; text: string }
  | { type: 'finish' }
  | { type: 'error'; code: string }

/** `id` is opaque and orders the events of one turn. */
export type FeedItem = { id: string; event: FeedEvent }

/** A turn's events are kept for some minutes after its last one; after that the database alone knows the answer. */
export type AnswerFeed = {
  /**
   * Rejects within about two seconds when the feed is out of reach; the event may then be published or not. Who
   * goes on publishing begins anew with `start` and all of the text so far, so that readers see no gap.
   */
  publish(turnId: string, event: FeedEvent): Promise<void>
  /**
   * Everything after `afterId` (or from the beginning, also when `afterId` is none of this feed's), then what comes
   * live, in order, without loss or repeat. Ends after the first `finish` or `error`, at once when `afterId` was
   * that one, and without an error when `signal` aborts or the feed is closed. Rides out an outage; waits for ever
   * for a turn nobody publishes, so hand in a signal that aborts.
   */
  read(turnId: string, options: { afterId?: string; signal: AbortSignal }): AsyncIterable<FeedItem>
  /** Ends all readers. */
  close(): Promise<void>
}
