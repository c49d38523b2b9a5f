import { shanghaiDate } from '../../base/shanghai-day.ts'
import { looksLikeCardKey } from '../../quota/card-key.ts'
import { isCommand, wordAfter } from '../command-words.ts'
import type { Said } from '../incoming.ts'
import type { Known } from '../question.ts'
import type { RedeemForUser, Redeeming } from '../redeem-for-user.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

const WORDS = ['兑换', '兌換', 'redeem']

export type RedeemCardParts = {
  redeemForUser: RedeemForUser
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
export const redeemCard = ({ redeemForUser, texts }: RedeemCardParts): Rule<Known> =>
  async function redeemCard({ said, user, messageKey, receivedAt }, next) {
    if (isCommand(said, WORDS, 'REDEEM')) return { kind: 'say', text: texts.redeemHow }
    const key = keyIn(said)
    if (key === undefined) return next()
    const act = { cause: messageKey, triedFrom: [], now: receivedAt }
    return { kind: 'say', text: told(await redeemForUser(user, key, act), texts) }
  }

/** One word that could be a key, or groups of letters and digits: 「兑换 100 美元是多少」 is a question. */
const KEY_SHAPE = /^(?:[\w.–—-]+|(?=.*\d)[\w.–—\s-]+)$/

const keyIn = (said: Said): string | undefined => {
  if (said.kind !== 'text') return undefined
  if (looksLikeCardKey(said.text)) return said.text
  const after = wordAfter(said, WORDS)
  return after !== undefined && KEY_SHAPE.test(after) ? after : undefined
}

const told = (redeeming: Redeeming, texts: RedeemCardParts['texts']): string => {
  if (redeeming.ok) {
    const { calls, expiresAt, balance } = redeeming
    return expiresAt === undefined
      ? texts.redeemedForever(calls, balance.remaining)
      : texts.redeemed(calls, shanghaiDate(expiresAt - 1), balance.remaining)
  }
  switch (redeeming.reason) {
    case 'malformed':
      return texts.cardMalformed
    case 'wrong':
      return texts.cardRefused(redeeming.refusalCode ?? '')
    case 'yours':
      return texts.cardAlreadyYours(shanghaiDate(redeeming.at))
    case 'too-late':
      return texts.cardTooLate(redeeming.redeemBy)
    case 'too-many-tries':
      return texts.cardTooManyTries(Math.ceil(redeeming.retryAfterMs / 60_000))
  }
}
