import { type FactsSince, factKey, type Journal } from './journal.ts'

/** By so much the clocks of two machines may differ, and a transaction may end after the time it notes. */
const OVERLAP_MS = 10 * 60_000

/** Says how many facts were new to the journal. */
export type KeepJournal = (now: number) => Promise<number>

/**
 * Writes into the journal what has happened since the last time, as the database has it: whatever kept it from being written
 * then, a full disk or the death of a process, is made up for. `beginAt`: from when on an empty journal is to know.
 */
export const createKeepJournal = (parts: {
  journal: Journal
  factsSince: FactsSince
  beginAt: (now: number) => Promise<number>
  /** The database is about to give way to another one, which may know more: whoever comes next looks at all of it. */
  isLast?: boolean
}): KeepJournal => {
  const { journal, factsSince } = parts
  let mark: number | undefined
  /** Of the time that is looked at again. */
  const written = new Map<string, number>()

  const firstMark = async (now: number): Promise<number> => {
    const newest = await journal.newest()
    if (!newest) return parts.beginAt(now)
    for (const fact of newest.facts) written.set(factKey(fact), fact.at)
    // Not from its last fact: whoever died while writing may have left out what is older, of another kind.
    return newest.since
  }

  return async (now) => {
    const isFirst = mark === undefined
    const since = mark ?? (await firstMark(now))
    let count = 0
    // Also when nothing happened: every day has its file.
    await journal.append([], now, since)
    for await (const page of factsSince(since - OVERLAP_MS)) {
      const fresh = page.filter((fact) => !written.has(factKey(fact)))
      if (fresh.length === 0) continue
      await journal.append(fresh, now, since)
      for (const fact of fresh) written.set(factKey(fact), fact.at)
      count += fresh.length
    }
    for (const [key, at] of written) if (at < now - 2 * OVERLAP_MS) written.delete(key)
    // So that the next process need not look at all of it again.
    if (isFirst && !parts.isLast) await journal.reached(now)
    mark = now
    return count
  }
}
