import type { CliAction } from '../context.ts'
import { table } from '../table.ts'
import { isoTime, localTime } from '../when.ts'

const COLUMNS = [
  { title: 'name' },
  { title: 'number' },
  ...['cards', 'used', 'void', 'calls', 'days'].map((title) => ({ title, align: 'right' as const })),
  { title: 'expires' },
  { title: 'created' },
]

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
      if (batches.length === 0) return ['no batch yet: "cards create" makes one']
      const rows = batches.map(({ name, batch, cards, used, voided, calls, days, redeemBy, createdAt }) => [
        ...[name, String(batch), cards, used, voided, calls, days, redeemBy, localTime(createdAt)],
      ])
      return table(COLUMNS, rows)
    },
  )
}
