import { say } from '../../base/say.ts'
import type { CliAction } from '../context.ts'
import { table } from '../table.ts'
import { isoTime, localTime } from '../when.ts'

const COLUMNS = [
  { title: { zh: '名字', en: 'name' } },
  { title: { zh: '编号', en: 'number' } },
  { title: { zh: '张数', en: 'cards' }, align: 'right' },
  { title: { zh: '已用', en: 'used' }, align: 'right' },
  { title: { zh: '作废', en: 'void' }, align: 'right' },
  { title: { zh: '次数', en: 'calls' }, align: 'right' },
  { title: { zh: '天数', en: 'days' }, align: 'right' },
  { title: { zh: '最晚兑换', en: 'expires' } },
  { title: { zh: '制作时间', en: 'created' } },
] as const

export const listBatches = async (cli: CliAction): Promise<void> => {
  const batches = await (await cli.openOperator()).cards.batches()
  cli.print(
    {
      batches: batches.map((each) => ({
        ...{ name: each.name, number: each.batch, cards: each.cards, used: each.used, void: each.voided },
        ...{ calls: each.calls, days: each.days ?? null, expires: each.redeemBy ?? null },
        ...{ createdAt: isoTime(each.createdAt), voidedAt: isoTime(each.voidedAt) },
      })),
    },
    () => {
      if (batches.length === 0)
        return [
          say({ zh: '还没有卡密：用 "cards create" 制作', en: 'no batch yet: "cards create" makes one' }),
        ]
      const rows = batches.map(({ name, batch, cards, used, voided, calls, days, redeemBy, createdAt }) => [
        ...[name, String(batch), cards, used, voided, calls, days, redeemBy, localTime(createdAt)],
      ])
      return table(
        COLUMNS.map(({ title, ...rest }) => ({ title: say(title), ...rest })),
        rows,
      )
    },
  )
}
