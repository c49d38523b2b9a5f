import type { Fact, Journal } from './journal.ts'

type Redeemed = Extract<Fact, { kind: 'redeemed' }>
type Farewell = Extract<Fact, { kind: 'erased' }>['how']

export type Somebody = { id: string; account: string; openid: string; createdAt: number }

/** A database that was filled from a backup. */
export type Restored = {
  /** Enters cards that it does not know as used; each is open to its old owner alone. Says how many those are. */
  remember(uses: readonly Redeemed[]): Promise<number>
  /** At most `limit`, by their ids, after `after`. */
  people(after: string, limit: number): Promise<Somebody[]>
  /** Under which hashes the journal may know them. */
  hashesOf(person: Pick<Somebody, 'account' | 'openid'>): readonly string[]
  erase(who: Somebody, how: Farewell, now: number): Promise<boolean>
  /** Of somebody who had unfollowed before `before`, and was forgotten later: the way back to their calls. */
  forgetDeparted(personHash: string, before: number, now: number): Promise<boolean>
}

/** How much of the journal the backup did not know. `since`: when the journal begins; undefined: there is none. */
export type Applied = { redeemed: number; erased: number; unreadable: number; since: number | undefined }

const USES_AT_ONCE = 500
const PEOPLE_AT_ONCE = 1000

/**
 * Does again, on a database that was restored, what happened since its backup: cards used up are used up, people erased are
 * erased. Facts that the backup knows change nothing, so that it may be done twice.
 */
export const applyJournal = async (journal: Journal, restored: Restored, now: number): Promise<Applied> => {
  const reading = journal.read()
  const erasures: Erasures = new Map()
  let redeemed = 0
  let uses: Redeemed[] = []
  for await (const fact of reading) {
    if (fact.kind === 'erased')
      erasures.set(fact.personHash, [...(erasures.get(fact.personHash) ?? []), fact])
    else uses.push(fact)
    if (uses.length < USES_AT_ONCE) continue
    redeemed += await restored.remember(uses)
    uses = []
  }
  if (uses.length > 0) redeemed += await restored.remember(uses)
  const erased = erasures.size === 0 ? 0 : await eraseAgain(erasures, restored, now)
  return { redeemed, erased, unreadable: reading.unreadable(), since: await journal.since() }
}

type Erasures = Map<string, { at: number; how: Farewell }[]>

const eraseAgain = async (erasures: Erasures, restored: Restored, now: number): Promise<number> => {
  let erased = 0
  for (const [hash, each] of erasures) {
    const last = Math.max(...each.filter(({ how }) => how === 'forgotten').map(({ at }) => at))
    if (Number.isFinite(last) && (await restored.forgetDeparted(hash, last, now))) erased += 1
  }
  let after = ''
  for (;;) {
    const people = await restored.people(after, PEOPLE_AT_ONCE)
    for (const somebody of people) {
      // Who was erased and came back has been somebody new since.
      const since = restored
        .hashesOf(somebody)
        .flatMap((hash) => erasures.get(hash) ?? [])
        .filter(({ at }) => at >= somebody.createdAt)
      if (since.length === 0) continue
      const how = since.some((each) => each.how === 'forgotten') ? 'forgotten' : 'left'
      if (await restored.erase(somebody, how, now)) erased += 1
    }
    const last = people.at(-1)
    if (!last || people.length < PEOPLE_AT_ONCE) return erased
    after = last.id
  }
}
