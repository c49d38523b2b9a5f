import { isRedeemableOn } from '../../quota/card-key.ts'
import type { CardUse } from '../../quota/cards.ts'
import type { CliAction } from '../context.ts'
import { facts } from '../table.ts'
import { isoTime, localTime } from '../when.ts'
import { findCard } from './find-card.ts'

type State = { use: CardUse | undefined; voidedAt: number | undefined }

export const showCard = async (cli: CliAction, text: string): Promise<void> => {
  const operator = await cli.openOperator()
  const card = await findCard(operator, text)
  const state = await operator.cards.state(card)
  const isLate = !isRedeemableOn(card, operator.clock.now())
  const { batch, serial, name, calls, days, redeemBy } = card
  const { use } = state
  cli.print(
    {
      ...{ batch, name: name ?? null, serial },
      ...{ calls: calls ?? null, days: days ?? null, expires: redeemBy ?? null, tooLate: isLate },
      ...{ state: stateOf(state), usedBy: use?.userId ?? null, usedAt: isoTime(use?.redeemedAt) },
      voidedAt: use ? null : isoTime(state.voidedAt),
    },
    () =>
      facts([
        ['batch', name === undefined ? `${batch} (not known to this database)` : `${name} (${batch})`],
        ['serial', serial],
        ['calls', calls],
        ['days', days],
        ['expires', redeemBy && isLate ? `${redeemBy}, which is past` : redeemBy],
        ['state', sentenceOf(state)],
      ]),
  )
}

/** A card that was used before its batch was taken back is used. */
export const stateOf = ({ use, voidedAt }: State): 'used' | 'void' | 'unused' =>
  use ? 'used' : voidedAt === undefined ? 'unused' : 'void'

const sentenceOf = ({ use, voidedAt }: State): string => {
  if (use?.userId) return `used by ${use.userId} on ${localTime(use.redeemedAt)}`
  if (use)
    return `used on ${localTime(use.redeemedAt)}, before a restore: its old owner alone can redeem it again`
  return voidedAt === undefined ? 'unused' : `void since ${localTime(voidedAt)}`
}
