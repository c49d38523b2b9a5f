import type { Clock } from '../base/clock.ts'
import { giveAllBack, type Tries, takeAll } from '../base/tries.ts'
import { type CardFacts, type CardKeys, isRedeemableOn } from './card-key.ts'
import type { Cards } from './cards.ts'
import type { Gift } from './grant.ts'

const DAY_MS = 86_400_000

/** Who redeems. `personHashes`: the current first. `cause` names the act: the same one again has the same outcome. */
export type Redeemer = {
  userId: string
  personHashes: string[]
  cause: string
  /** Who wrong tries are counted by. */
  triedBy: readonly string[]
  /** The addresses they are counted by as well. */
  triedFrom: readonly string[]
}

/**
 * wrong: forged, void or used by somebody else; the user is not told which, the operator is (`why`) · yours: they have
 * used it already · too-late: after its last day · too-many-tries: wait before the next.
 */
export type Redemption =
  | { ok: true; calls: number; expiresAt: number | undefined }
  | { ok: false; reason: 'malformed' }
  | { ok: false; reason: 'wrong'; why: 'forged' | 'void' | 'others'; card: CardFacts | undefined }
  | { ok: false; reason: 'yours'; at: number }
  | { ok: false; reason: 'too-late'; redeemBy: string }
  | { ok: false; reason: 'too-many-tries'; retryAfterMs: number }

/**
 * Wrong card keys, by each of what they are counted by. A card with a genuine seal is no guess: what its user's neighbours
 * at the same address have tried does not keep it from them.
 */
const WRONG_TRIES = { limit: 10, windowMs: 3_600_000 }

type OpenedCard = ReturnType<CardKeys['open']>

export type RedeemCard = (text: string, by: Redeemer) => Promise<Redemption>

export const createRedeemCard = (parts: {
  cardKeys: Pick<CardKeys, 'open'>
  cards: Pick<Cards, 'redeem'>
  tries: Tries
  clock: Pick<Clock, 'now'>
}): RedeemCard => {
  const { cardKeys, cards, tries, clock } = parts

  const redeem = async (opened: OpenedCard, by: Redeemer): Promise<Redemption> => {
    if (!opened.ok)
      return opened.reason === 'malformed'
        ? { ok: false, reason: 'malformed' }
        : { ok: false, reason: 'wrong', why: 'forged', card: undefined }
    const { card } = opened
    const now = clock.now()
    const gift = giftOf(card, by.userId, now)
    if (card.redeemBy !== undefined && !isRedeemableOn(card, now))
      return { ok: false, reason: 'too-late', redeemBy: card.redeemBy }
    const verdict = await cards.redeem({ ...card, ...by }, gift, now)
    switch (verdict.status) {
      case 'redeemed':
      case 'repeated':
        return { ok: true, calls: gift.calls, expiresAt: gift.expiresAt }
      case 'yours':
        return { ok: false, reason: 'yours', at: verdict.at }
      case 'others':
      case 'void':
        return { ok: false, reason: 'wrong', why: verdict.status, card }
    }
  }

  return async (text, by) => {
    const opened = cardKeys.open(text)
    const countedBy = opened.ok ? by.triedBy : [...by.triedBy, ...by.triedFrom]
    const counted = countedBy.map((key) => ({ key: `card:${key}`, rate: WRONG_TRIES }))
    const allowed = await takeAll(tries, counted)
    if (!allowed.ok) return { ok: false, reason: 'too-many-tries', retryAfterMs: allowed.retryAfterMs }
    const redemption = await redeem(opened, by)
    const isWrong = !redemption.ok && (redemption.reason === 'wrong' || redemption.reason === 'malformed')
    if (!isWrong) await giveAllBack(tries, counted)
    return redemption
  }
}

const giftOf = ({ batch, serial, calls, days }: CardFacts, userId: string, now: number): Gift => ({
  userId,
  kind: 'card',
  source: `card:${batch}:${serial}`,
  calls,
  expiresAt: days === undefined ? undefined : now + days * DAY_MS,
  reason: `card ${batch}-${serial}`,
})
