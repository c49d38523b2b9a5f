import { say } from '../../base/say.ts'
import { normalizeCardKey } from '../../quota/card-key.ts'
import type { CardBatch } from '../../quota/cards.ts'
import { type CliAction, CliError, type CliOperator } from '../context.ts'
import { counted, figure, quoted } from '../printable.ts'
import { findBatch, findCard, placeOf } from './find-card.ts'

type Options = { yes?: true }

export const voidCards = async (cli: CliAction, text: string, options: Options): Promise<void> => {
  const operator = await cli.openOperator()
  if (text.includes('/') || normalizeCardKey(text) !== undefined)
    return voidCard(cli, operator, text, options)
  const batch = await findBatch(operator, text)
  if (!batch)
    throw new CliError(
      say({
        zh: `没有批次 ${quoted(text)}，它也不是卡密：卡密有 48 个字母和数字`,
        en: `there is no batch ${quoted(text)}, and it is no card key: those have 48 letters and digits`,
      }),
    )
  return voidBatch(cli, operator, batch, options)
}

const voidCard = async (cli: CliAction, operator: CliOperator, text: string, { yes }: Options) => {
  const card = await findCard(operator, text)
  const place = placeOf(card)
  const { use, voidedAt } = await operator.cards.state(card)
  if (use)
    throw new CliError(
      say({ zh: `卡密 ${place} 已经用了，不能作废`, en: `card ${place} is used already, and stays so` }),
    )
  if (voidedAt !== undefined)
    throw new CliError(say({ zh: `卡密 ${place} 早已作废`, en: `card ${place} is void already` }))
  await cli.confirm(
    say({
      zh: `这会作废卡密 ${place}，不能撤销。`,
      en: `This takes card ${place} back for ever.`,
    }),
    yes,
  )
  const voided = await operator.cards.voidCard(card, operator.clock.now())
  if (voided === 'used')
    throw new CliError(
      say({
        zh: `卡密 ${place} 刚刚被用了，不能作废`,
        en: `card ${place} was used meanwhile, and stays so`,
      }),
    )
  if (voided === 'void') await operator.note('cards void', place, { batch: card.batch, serial: card.serial })
  cli.print({ batch: card.batch, name: card.name ?? null, serial: card.serial, void: true }, () => [
    say({ zh: `卡密 ${place} 已作废`, en: `card ${place} is void` }),
  ])
}

const voidBatch = async (
  cli: CliAction,
  operator: CliOperator,
  { batch, name, cards, voidedAt }: CardBatch,
  { yes }: Options,
) => {
  if (voidedAt !== undefined)
    throw new CliError(say({ zh: `批次 ${name} 早已作废`, en: `batch ${name} is void already` }))
  const used = (await operator.cards.batches()).find((each) => each.batch === batch)?.used ?? 0
  await cli.confirm(
    say({
      zh: `这会作废批次 ${name} 里没用过的全部卡密（${figure(cards - used)} 张），不能撤销。`,
      en: `This takes back all unused cards of batch ${name} for ever: ${counted(cards - used, 'card')}.`,
    }),
    yes,
  )
  if (await operator.cards.voidBatch(batch, operator.clock.now()))
    await operator.note('cards void', name, { batch, cards, used })
  cli.print({ batch, name, cards, used, void: cards - used }, () => [
    say({
      zh: `批次 ${name} 已作废：${figure(cards - used)} 张；之前已用 ${figure(used)} 张`,
      en: `batch ${name} is void: ${counted(cards - used, 'card')}, and ${counted(used, 'card')} used before`,
    }),
  ])
}
