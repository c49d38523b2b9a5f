import { shanghaiDate } from '../../base/shanghai-day.ts'
import { isCommand, wordAfter } from '../command-words.ts'
import { COMMANDS } from '../commands.ts'
import type { Said } from '../incoming.ts'
import type { Known } from '../question.ts'
import type { RedeemForUser, Redeeming } from '../redeem-for-user.ts'
import type { Rule } from '../rulebook.ts'
import type { SecretsInText } from '../secrets/secrets-in-text.ts'
import type { Texts } from '../texts.ts'

export type RedeemCardParts = {
  redeemForUser: RedeemForUser
  secrets: Pick<SecretsInText, 'cards' | 'kindIn'>
  texts: Pick<
    Texts,
    | 'redeemed'
    | 'redeemedForever'
    | 'redeemedCards'
    | 'redeemHow'
    | 'cardMalformed'
    | 'cardRefused'
    | 'cardAlreadyYours'
    | 'cardTooLate'
    | 'cardTooManyTries'
    | 'restNotAsked'
  >
}

/** More in one message would not be answered in time. */
const MAX_CARDS = 30

/** 兑换 KEY, or card keys wherever they stand in what somebody writes. */
export const redeemCard = ({ redeemForUser, secrets, texts }: RedeemCardParts): Rule<Known> =>
  async function redeemCard({ said, user, messageKey, receivedAt }, next) {
    if (isCommand(said, COMMANDS.redeem)) return { kind: 'say', text: texts.redeemHow }
    const found = cardsIn(said, secrets)
    if (!found) return next()
    const act = { cause: messageKey, triedFrom: [], now: receivedAt }
    const redeemings: Redeeming[] = []
    for (const key of found.keys.slice(0, MAX_CARDS)) redeemings.push(await redeemForUser(user, key, act))
    const hasMore = found.hasOtherWords || found.keys.length > MAX_CARDS
    return { kind: 'say', text: toldAll(redeemings, hasMore, texts) }
  }

/** One word that could be a key, or groups of letters and digits: 「兑换 100 美元是多少」 is a question. */
const KEY_SHAPE = /^(?:[\w.–—-]+|(?=.*\d)[\w.–—\s-]+)$/
/** What stands beside a card key and asks for nothing else. */
const ONLY_NAMES_IT =
  /兑换码|兑换|兌換|卡密|卡号|充值|激活码|redeem|card|key|cdk|我要|我想|帮我|麻烦|谢谢|请|[^\p{L}\p{N}]/giu

const cardsIn = (
  said: Said,
  secrets: RedeemCardParts['secrets'],
): { keys: string[]; hasOtherWords: boolean } | undefined => {
  if (said.kind !== 'text') return undefined
  const { genuine, alike, rest } = secrets.cards(said.text)
  const hasOtherWords = rest.replace(ONLY_NAMES_IT, '') !== ''
  if (genuine.length > 0) return { keys: genuine, hasOtherWords }
  if (alike !== undefined) return { keys: [alike], hasOtherWords: false }
  const after = wordAfter(said, COMMANDS.redeem)
  if (after !== undefined && secrets.kindIn(after) === 'key') return undefined
  return after !== undefined && KEY_SHAPE.test(after) ? { keys: [after], hasOtherWords: false } : undefined
}

/** A line for each, but those that were redeemed together in one; a refusal is not said twice. */
const toldAll = (
  redeemings: readonly Redeeming[],
  hasOtherWords: boolean,
  texts: RedeemCardParts['texts'],
): string => {
  const good = redeemings.flatMap((each) => (each.ok ? [each] : []))
  const calls = good.reduce((sum, each) => sum + each.calls, 0)
  const remaining = good.at(-1)?.balance.remaining ?? 0
  const lines =
    good.length > 1
      ? [texts.redeemedCards(good.length, calls, remaining)]
      : good.map((each) => told(each, texts))
  const refused = redeemings.flatMap((each) => (each.ok ? [] : [told(each, texts)]))
  const others = hasOtherWords && good.length > 0 ? [texts.restNotAsked] : []
  return [...lines, ...[...new Set(refused)].slice(0, 3), ...others].join('\n')
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
