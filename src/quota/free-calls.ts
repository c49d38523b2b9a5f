import { dailyGift, trialGift, trialSource } from './grant.ts'
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
    const trial = trialCalls > 0 ? [trialGift(userId, hash, trialCalls)] : []
    const daily = dailyCalls > 0 ? [dailyGift(userId, dailyCalls, now)] : []
    const gifts = [...trial, ...daily]
    if (gifts.length === 0) return
    // A trial given under an earlier secret is a trial.
    const sources = [...personHashes.map(trialSource), ...daily.map(({ source }) => source)]
    const given = await ledger.given(sources)
    for (const gift of gifts) {
      const before = gift.kind === 'trial' ? personHashes.map(trialSource) : [gift.source]
      if (!before.some((source) => given.includes(source))) await ledger.give(gift, now)
    }
  }
