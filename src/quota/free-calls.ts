import { dailyGift, dailySource, type Gift, trialGift, trialSource } from './grant.ts'
import type { Ledger } from './ledger.ts'

export type FreeCallsParts = {
  ledger: Pick<Ledger, 'give' | 'given'>
  /** Given once per person for ever; 0 for none. */
  trialCalls: number
  /** Given each day in Shanghai; 0 for none. */
  dailyCalls: number
}

/** Gives what a person gets for nothing and has not had yet. `personHashes`: the current one first. */
export type GiveFreeCalls = (userId: string, personHashes: readonly string[], now: number) => Promise<void>

export const createGiveFreeCalls =
  ({ ledger, trialCalls, dailyCalls }: FreeCallsParts): GiveFreeCalls =>
  async (userId, personHashes, now) => {
    const [hash = ''] = personHashes
    const gifts: { gift: Gift; before: string[] }[] = []
    // What was given under an earlier secret was given.
    if (trialCalls > 0)
      gifts.push({ gift: trialGift(userId, hash, trialCalls), before: personHashes.map(trialSource) })
    if (dailyCalls > 0)
      gifts.push({
        gift: dailyGift(userId, hash, dailyCalls, now),
        before: [...personHashes, userId].map((of) => dailySource(of, now)),
      })
    if (gifts.length === 0) return
    const given = await ledger.given(gifts.flatMap(({ before }) => before))
    for (const { gift, before } of gifts)
      if (!before.some((source) => given.includes(source))) await ledger.give(gift, now)
  }
