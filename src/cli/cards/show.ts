import { say } from '../../base/say.ts'
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
        [
          say({ zh: '批次', en: 'batch' }),
          name === undefined
            ? say({ zh: `${batch}（这个数据库里没有）`, en: `${batch} (not known to this database)` })
            : say({ zh: `${name}（${batch}）`, en: `${name} (${batch})` }),
        ],
        [say({ zh: '序号', en: 'serial' }), serial],
        [say({ zh: '次数', en: 'calls' }), calls],
        [say({ zh: '天数', en: 'days' }), days],
        [
          say({ zh: '最晚兑换', en: 'expires' }),
          redeemBy && isLate
            ? say({ zh: `${redeemBy}，已经过期`, en: `${redeemBy}, which is past` })
            : redeemBy,
        ],
        [say({ zh: '状态', en: 'state' }), sentenceOf(state)],
      ]),
  )
}

/** A card that was used before its batch was taken back is used. */
export const stateOf = ({ use, voidedAt }: State): 'used' | 'void' | 'unused' =>
  use ? 'used' : voidedAt === undefined ? 'unused' : 'void'

const sentenceOf = ({ use, voidedAt }: State): string => {
  if (use?.userId)
    return say({
      zh: `${use.userId} 在 ${localTime(use.redeemedAt)} 用了`,
      en: `used by ${use.userId} on ${localTime(use.redeemedAt)}`,
    })
  if (use)
    return say({
      zh: `恢复备份之前，在 ${localTime(use.redeemedAt)} 用过：只有原来的人能再兑换`,
      en: `used on ${localTime(use.redeemedAt)}, before a restore: its old owner alone can redeem it again`,
    })
  if (voidedAt === undefined) return say({ zh: '没有用过', en: 'unused' })
  return say({ zh: `${localTime(voidedAt)} 作废`, en: `void since ${localTime(voidedAt)}` })
}
