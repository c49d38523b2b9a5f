import type { Gift, GrantKind } from './grant.ts'

/**
 * What an entry did to a grant's calls. grant: they came · reserve: from left to held, for a turn · settle: held ones are
 * spent · release: held ones are left again · refund: spent ones are left again · expire: left ones are gone ·
 * correction: an operator's, either way. Calls are whole and positive, of a correction signed.
 */
export type EntryKind = 'grant' | 'reserve' | 'settle' | 'release' | 'refund' | 'expire' | 'correction'

export type Entry = {
  at: number
  userId: string
  grantId: string
  kind: EntryKind
  calls: number
  turnId: string | undefined
  reason: string
}

/** How an entry of one call changes what is left and what is held. */
export const EFFECTS: { [kind in EntryKind]: { left: -1 | 0 | 1; held: -1 | 0 | 1 } } = {
  grant: { left: 1, held: 0 },
  reserve: { left: -1, held: 1 },
  settle: { left: 0, held: -1 },
  release: { left: 1, held: -1 },
  refund: { left: 1, held: 0 },
  expire: { left: -1, held: 0 },
  correction: { left: 1, held: 0 },
}

/** What a user can spend now, the grants in the order they are spent in. */
export type Balance = {
  remaining: number
  grants: { kind: GrantKind; remaining: number; expiresAt: number | undefined }[]
}

/** A grant whose figures were not what its entries say. `left` and `held`: before and after. */
export type Difference = {
  grantId: string
  userId: string
  left: { was: number; is: number }
  held: { was: number; is: number }
}

/** A reservation that nobody would have settled or released any more. */
export type Stray = { turnId: string; userId: string; calls: number }

/**
 * Who may spend what. Entries are only ever added; a grant's figures follow from them. Turns reserve, settle and release
 * in the same transactions that begin and end them (`Turns`), so that neither can happen without the other.
 */
export type Ledger = {
  /** Gives, unless the source was given before; says whether it did. */
  give(gift: Gift, now: number): Promise<boolean>
  /** Which of these sources have been given. */
  given(sources: readonly string[]): Promise<string[]>
  balance(userId: string, now: number): Promise<Balance>
  /** An operator takes up to `calls` of what can be spent; says how many it were. */
  takeBack(userId: string, calls: number, reason: string, now: number): Promise<number>
  /** Enters what has run out, at most `limit` grants; says how many. */
  expire(now: number, limit: number): Promise<number>
  entries(userId: string, limit: number): Promise<Entry[]>
  /** Recomputes every grant from its entries and releases stray reservations; with `dryRun` only tells. */
  reconcile(now: number, dryRun: boolean): Promise<{ differences: Difference[]; strays: Stray[] }>
}
