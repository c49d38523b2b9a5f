import { shanghaiDate, shanghaiDay, startOfShanghaiDay } from '../base/shanghai-day.ts'

/** trial: once per person for ever · daily: gone at midnight · card: from a card key · operator: a gift. */
export type GrantKind = 'trial' | 'daily' | 'card' | 'operator'

/** Calls given to a user. Of `calls`, `left` can be spent and `held` are reserved by turns being answered. */
export type Grant = {
  id: string
  kind: GrantKind
  calls: number
  left: number
  held: number
  /** From this instant on nothing of it can be spent; undefined: never. */
  expiresAt: number | undefined
}

/** A grant to be made. `source` is unique: whatever it was given for is given once. */
export type Gift = {
  userId: string
  kind: GrantKind
  source: string
  calls: number
  expiresAt: number | undefined
  reason: string
}

export type Share = { grantId: string; calls: number }

export const isSpendable = ({ left, expiresAt }: Pick<Grant, 'left' | 'expiresAt'>, now: number): boolean =>
  left > 0 && (expiresAt === undefined || now < expiresAt)

/** What can be spent at `now`. */
export const spendable = (grants: readonly Grant[], now: number): number =>
  grants.reduce((sum, grant) => sum + (isSpendable(grant, now) ? grant.left : 0), 0)

/**
 * Which grants pay for `calls`: what would be lost first is spent first, of equals the older. Undefined when they do not
 * suffice.
 */
export const allot = (grants: readonly Grant[], calls: number, now: number): Share[] | undefined => {
  const shares: Share[] = []
  let missing = calls
  for (const { id, left } of grants.filter((grant) => isSpendable(grant, now)).toSorted(bySpendingOrder)) {
    if (missing === 0) break
    const taken = Math.min(left, missing)
    shares.push({ grantId: id, calls: taken })
    missing -= taken
  }
  return missing === 0 ? shares : undefined
}

export const bySpendingOrder = (a: Pick<Grant, 'id' | 'expiresAt'>, b: Pick<Grant, 'id' | 'expiresAt'>) => {
  const [ends, otherEnds] = [a.expiresAt ?? Number.POSITIVE_INFINITY, b.expiresAt ?? Number.POSITIVE_INFINITY]
  if (ends !== otherEnds) return ends < otherEnds ? -1 : 1
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/** Once per person for ever: the source is a keyed hash of the person, and outlives the user. */
export const trialGift = (userId: string, personHash: string, calls: number): Gift => ({
  userId,
  kind: 'trial',
  source: trialSource(personHash),
  calls,
  expiresAt: undefined,
  reason: 'first contact',
})

export const trialSource = (personHash: string): string => `trial:${personHash}`

/** The calls of the day of `now` in Shanghai, gone at its end; once per person, whichever user they are by then. */
export const dailyGift = (userId: string, personHash: string, calls: number, now: number): Gift => ({
  userId,
  kind: 'daily',
  source: dailySource(personHash, now),
  calls,
  expiresAt: startOfShanghaiDay(shanghaiDay(now) + 1),
  reason: 'a new day',
})

/** `of`: a person's hash; before these were used, the user's id. */
export const dailySource = (of: string, now: number): string => `daily:${of}:${shanghaiDate(now)}`
