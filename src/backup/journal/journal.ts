/**
 * What happened in the world and no restore takes back: a card was used up, a person was erased. Persons by a keyed hash.
 * Times are milliseconds since the Unix epoch.
 */
export type Fact =
  | { kind: 'redeemed'; at: number; batch: number; serial: number; personHash: string }
  | { kind: 'erased'; at: number; personHash: string; how: 'left' | 'forgotten' }

/** Kept outside the database, beside the backups, day by day. The same fact may be in it more than once. */
export type Journal = {
  /**
   * Files them under the day of `now`; they are on the disk when it resolves. The day's first writing says from when on
   * (`since`) it knows everything.
   */
  append(facts: readonly Fact[], now: number, since: number): Promise<void>
  /** Notes, under the day of `now`, that until then it knows everything. */
  reached(now: number): Promise<void>
  /** Every fact, in the order they were written. */
  read(): JournalReading
  /** The newest day; `since`: up to when everything is in it, or in the days before. */
  newest(): Promise<{ since: number; facts: Fact[] } | undefined>
  /** From when on it knows everything; undefined: there is none. */
  since(): Promise<number | undefined>
  /** Days that were over before `before`. */
  forget(before: number): Promise<void>
}

/** `unreadable`: lines so far that were none, such as one whose end never came to the disk. */
export type JournalReading = AsyncIterable<Fact> & { unreadable(): number }

/** Facts as the database has them, from `from` on, a page at a time. */
export type FactsSince = (from: number) => AsyncIterable<readonly Fact[]>

/** What makes a fact the same as another one. */
export const factKey = (fact: Fact): string =>
  fact.kind === 'redeemed' ? `${fact.batch}/${fact.serial}` : `${fact.personHash}/${fact.at}`
