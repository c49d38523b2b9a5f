import type { Tries } from '../../base/tries.ts'
import { createRedeemCard, type Redemption } from '../../quota/redeem-card.ts'
import { type CliAction, CliError } from '../context.ts'
import { counted } from '../printable.ts'
import { findUser } from '../users/find-user.ts'
import { isoTime, localTime } from '../when.ts'
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
  cli.print({ user: user.id, calls, expiresAt: isoTime(expiresAt), remaining }, () => [
    `card ${place} redeemed for ${user.id}: ${counted(calls, 'call')}, ` +
      `${expiresAt === undefined ? 'for ever' : `until ${localTime(expiresAt)}`}; ${counted(remaining, 'call')} in all`,
  ])
}

const refusalOf = (refused: Exclude<Redemption, { ok: true }>): string => {
  switch (refused.reason) {
    case 'malformed':
      return NO_KEY.malformed
    case 'wrong':
      return WRONG[refused.why]
    case 'yours':
      return `this user has redeemed this card already, on ${localTime(refused.at)}`
    case 'too-late':
      return `the last day of this card was ${refused.redeemBy}`
    case 'too-many-tries':
      return 'too many wrong tries'
  }
}

const WRONG = {
  forged: NO_KEY.forged,
  void: 'this card was taken back: it is void',
  others: 'this card is used already, by somebody else: "cards show" says by whom',
} as const
