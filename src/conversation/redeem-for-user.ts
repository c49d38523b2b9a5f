import type { PersonHash } from '../identity/person-hash.ts'
import type { User } from '../identity/user.ts'
import type { GiveFreeCalls } from '../quota/free-calls.ts'
import type { Balance, Ledger } from '../quota/ledger.ts'
import type { RedeemCard, Redemption } from '../quota/redeem-card.ts'
import type { Refuse } from './refusals.ts'

/** A card as a user redeems it, in WeChat or on the page. `refusalCode`: under which the operator finds why. */
export type Redeeming =
  | { ok: true; calls: number; expiresAt: number | undefined; balance: Balance }
  | (Exclude<Redemption, { ok: true }> & { refusalCode: string | undefined })

export type RedeemForUser = (
  user: Pick<User, 'id' | 'account' | 'openid'>,
  key: string,
  /** `cause` names the act. `triedFrom`: what wrong tries are counted by, besides the person. */
  act: { cause: string; triedFrom: readonly string[]; now: number },
) => Promise<Redeeming>

export const createRedeemForUser =
  (parts: {
    redeem: RedeemCard
    ledger: Pick<Ledger, 'balance'>
    giveFreeCalls: GiveFreeCalls
    personHash: PersonHash
    refuse: Refuse
  }): RedeemForUser =>
  async (user, key, { cause, triedFrom, now }) => {
    const personHashes = parts.personHash.candidates(user)
    const triedBy = [`person:${parts.personHash.limitKey(user)}`]
    const redemption = await parts.redeem(key, { userId: user.id, personHashes, cause, triedBy, triedFrom })
    if (redemption.ok) {
      // Also what is due for nothing belongs to what they now have.
      await parts.giveFreeCalls(user.id, personHashes, now)
      return { ...redemption, balance: await parts.ledger.balance(user.id, now) }
    }
    if (redemption.reason !== 'wrong') return { ...redemption, refusalCode: undefined }
    const { why, card } = redemption
    const details = card ? { why, batch: card.batch, serial: card.serial } : { why }
    const { code } = await parts.refuse('card', user.id, details)
    return { ...redemption, refusalCode: code }
  }
