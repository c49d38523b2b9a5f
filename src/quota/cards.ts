import type { Gift } from './grant.ts'

/** A card by the two numbers that name it. */
export type CardId = { batch: number; serial: number }

/** What is remembered of the cards of one call of `cards create`; the cards themselves are nowhere. */
export type CardBatch = {
  batch: number
  name: string
  cards: number
  calls: number
  /** How long the calls last once redeemed; undefined: for ever. */
  days: number | undefined
  /** The last day in Shanghai on which a card can be redeemed, `YYYY-MM-DD`. */
  redeemBy: string | undefined
  createdAt: number
  voidedAt: number | undefined
}

/** By whom, as a keyed hash, and when. `userId` undefined: known from outside this database, nothing was given here. */
export type CardUse = CardId & { personHash: string; userId: string | undefined; redeemedAt: number }

/**
 * redeemed: just now · repeated: by this very message before · yours: by this person before · others: by somebody else ·
 * void: the operator took it back.
 */
export type CardVerdict =
  | { status: 'redeemed' | 'repeated' }
  | { status: 'yours'; at: number }
  | { status: 'others' }
  | { status: 'void' }

/** Only the memory of what was used: a genuine card redeems on an empty database as well. */
export type Cards = {
  /**
   * One insert decides, over all processes; the calls come in the same transaction. `cause` names the act, so that the
   * same act again has the same outcome. `personHashes`: the current first.
   */
  redeem(
    use: CardId & { personHashes: string[]; cause: string },
    gift: Gift,
    now: number,
  ): Promise<CardVerdict>
  state(card: CardId): Promise<{ use: CardUse | undefined; voidedAt: number | undefined }>
  /** False when there is a batch of that name. */
  addBatch(batch: CardBatch): Promise<boolean>
  /** By its name or its number. */
  findBatch(nameOrNumber: string): Promise<CardBatch | undefined>
  /** Newest first, with how many of their cards are used and void. */
  batches(): Promise<(CardBatch & { used: number; voided: number })[]>
  /** Of what is unused. False when it was void. */
  voidBatch(batch: number, now: number): Promise<boolean>
  /** used: it was redeemed, and stays so. Whoever redeems it at this very moment is either too late, or first. */
  voidCard(card: CardId, now: number): Promise<'void' | 'was-void' | 'used'>
  /** In the order of their numbers, at most `limit` after `after`; of one batch, or of all. */
  uses(options: { batch?: number; after?: CardId; limit: number }): Promise<CardUse[]>
  voids(batch: number): Promise<(CardId & { voidedAt: number })[]>
  /**
   * Enters cards that are known to have been redeemed before this database was restored. What it does not know of yet
   * can be redeemed again, by the same person alone. Says how many those are.
   */
  remember(uses: readonly CardUse[]): Promise<number>
}
