import { say } from '../../base/say.ts'
import type { Tries } from '../../base/tries.ts'
import { createRedeemCard, type Redemption } from '../../quota/redeem-card.ts'
import { type CliAction, CliError } from '../context.ts'
import { counted, figure } from '../printable.ts'
import { findUser } from '../users/find-user.ts'
import { isoTime, localTime, untilWords } from '../when.ts'
import { findCard, NO_KEY, placeOf } from './find-card.ts'

/** An operator may mistype as often as they like. */
const unlimited: Tries = { take: async () => ({ ok: true }), giveBack: async () => {} }

export const redeemCard = async (cli: CliAction, key: string, options: { user: string }): Promise<void> => {
  const operator = await cli.openOperator()
  const { user } = await findUser(operator, options.user)
  const redeem = createRedeemCard({ ...operator, tries: unlimited })
  const redemption = await redeem(key, {
    userId: user.id,
    personHashes: operator.personHash.candidates(user),
    // Each call is an act of its own.
    cause: `operator:${operator.ids.next('trc')}`,
    triedBy: [],
    triedFrom: [],
  })
  if (!redemption.ok) throw new CliError(refusalOf(redemption))
  const place = placeOf(await findCard(operator, key))
  await operator.note('cards redeem', user.id, { card: place, calls: redemption.calls })
  const { calls, expiresAt } = redemption
  const { remaining } = await operator.ledger.balance(user.id, operator.clock.now())
  const until = untilWords(expiresAt)
  cli.print({ user: user.id, calls, expiresAt: isoTime(expiresAt), remaining }, () => [
    say({
      zh: `已替 ${user.id} 兑换卡密 ${place}：${figure(calls)} 次，${until.zh}；共有 ${figure(remaining)} 次`,
      en: `card ${place} redeemed for ${user.id}: ${counted(calls, 'call')}, ${until.en}; ${counted(remaining, 'call')} in all`,
    }),
  ])
}

const refusalOf = (refused: Exclude<Redemption, { ok: true }>): string => {
  switch (refused.reason) {
    case 'malformed':
      return say(NO_KEY.malformed)
    case 'wrong':
      return say(WRONG[refused.why])
    case 'yours':
      return say({
        zh: `这个用户已经在 ${localTime(refused.at)} 兑换过这张卡密`,
        en: `this user has redeemed this card already, on ${localTime(refused.at)}`,
      })
    case 'too-late':
      return say({
        zh: `这张卡密最晚要在 ${refused.redeemBy} 兑换，已经过期`,
        en: `the last day of this card was ${refused.redeemBy}`,
      })
    case 'too-many-tries':
      return say({ zh: '试错的次数太多了', en: 'too many wrong tries' })
  }
}

const WRONG = {
  forged: NO_KEY.forged,
  void: { zh: '这张卡密已经作废', en: 'this card was taken back: it is void' },
  others: {
    zh: '这张卡密已经被别人用了："cards show" 能看到是谁',
    en: 'this card is used already, by somebody else: "cards show" says by whom',
  },
} as const
