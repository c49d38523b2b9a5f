import { shanghaiDate } from '../../base/shanghai-day.ts'
import type { PersonHash } from '../../identity/person-hash.ts'
import { looksLikeCardKey } from '../../quota/card-key.ts'
import type { GiveFreeCalls } from '../../quota/free-calls.ts'
import type { Ledger } from '../../quota/ledger.ts'
import type { RedeemCard, Redemption } from '../../quota/redeem-card.ts'
import { isCommand, wordAfter } from '../command-words.ts'
import type { Said } from '../incoming.ts'
import type { Known } from '../question.ts'
import type { Refuse } from '../refusals.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

const WORDS = ['兑换', '兌換', 'redeem']

export type RedeemCardParts = {
  redeem: RedeemCard
  ledger: Pick<Ledger, 'balance'>
  giveFreeCalls: GiveFreeCalls
  personHash: PersonHash
  refuse: Refuse
  texts: Pick<
    Texts,
    | 'redeemed'
    | 'redeemedForever'
    | 'redeemHow'
    | 'cardMalformed'
    | 'cardRefused'
    | 'cardAlreadyYours'
    | 'cardTooLate'
    | 'cardTooManyTries'
  >
}

/** 兑换 KEY, or a card key alone. */
export const redeemCard = (parts: RedeemCardParts): Rule<Known> =>
  async function redeemCard({ said, user, person, messageKey, receivedAt }, next) {
    if (isCommand(said, WORDS, 'REDEEM')) return { kind: 'say', text: parts.texts.redeemHow }
    const key = keyIn(said)
    if (key === undefined) return next()
    const personHashes = parts.personHash.candidates(person)
    const redemption = await parts.redeem(key, {
      userId: user.id,
      personHashes,
      cause: messageKey,
      triedBy: [`user:${user.id}`],
    })
    if (!redemption.ok) return { kind: 'say', text: await refusal(parts, redemption, user.id) }
    // Also what is due for nothing belongs to what they now have.
    await parts.giveFreeCalls(user.id, personHashes, receivedAt)
    const { remaining } = await parts.ledger.balance(user.id, receivedAt)
    const { calls, expiresAt } = redemption
    return {
      kind: 'say',
      text:
        expiresAt === undefined
          ? parts.texts.redeemedForever(calls, remaining)
          : parts.texts.redeemed(calls, shanghaiDate(expiresAt - 1), remaining),
    }
  }

/** One word that could be a key, or groups of letters and digits: 「兑换 100 美元是多少」 is a question. */
const KEY_SHAPE = /^(?:[\w.–—-]+|(?=.*\d)[\w.–—\s-]+)$/

const keyIn = (said: Said): string | undefined => {
  if (said.kind !== 'text') return undefined
  if (looksLikeCardKey(said.text)) return said.text
  const after = wordAfter(said, WORDS)
  return after !== undefined && KEY_SHAPE.test(after) ? after : undefined
}

const refusal = async (
  { texts, refuse }: RedeemCardParts,
  redemption: Exclude<Redemption, { ok: true }>,
  userId: string,
): Promise<string> => {
  switch (redemption.reason) {
    case 'malformed':
      return texts.cardMalformed
    case 'wrong': {
      const { why, card } = redemption
      const details = card ? { why, batch: card.batch, serial: card.serial } : { why }
      return texts.cardRefused((await refuse('card', userId, details)).code)
    }
    case 'yours':
      return texts.cardAlreadyYours(shanghaiDate(redemption.at))
    case 'too-late':
      return texts.cardTooLate(redemption.redeemBy)
    case 'too-many-tries':
      return texts.cardTooManyTries(Math.ceil(redemption.retryAfterMs / 60_000))
  }
}
