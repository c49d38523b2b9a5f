import type { Command } from 'commander'
import { say } from '../base/say.ts'
import type { Difference, Stray } from '../quota/ledger.ts'
import type { CliAction, CliContext } from './context.ts'
import { counted, figure } from './printable.ts'

export const addLedger = (program: Command, { run }: CliContext): void => {
  const ledger = program
    .command('ledger')
    .description(say({ zh: '所有人的次数账本', en: "the book of everybody's calls" }))

  ledger
    .command('reconcile')
    .description(
      say({
        zh: '按账目重算每个人的次数，并退回程序崩溃时留下的预扣',
        en: 'recomputes every balance from the entries, and releases what crashes left reserved',
      }),
    )
    .option('--dry-run', say({ zh: '只看，不改', en: 'only tells' }))
    .action(run(reconcile))
}

const reconcile = async (cli: CliAction, { dryRun = false }: { dryRun?: boolean }): Promise<void> => {
  const operator = await cli.openOperator()
  const { differences, strays } = await operator.ledger.reconcile(operator.clock.now(), dryRun)
  const grants = await operator.overview.grants()
  const found = differences.length + strays.length
  if (found > 0 && !dryRun)
    await operator.note('ledger reconcile', 'ledger', {
      ...{ differences: differences.length, strays: strays.length },
    })
  cli.print({ dryRun, grants, differences, strays }, () => {
    if (found === 0)
      return [
        say({ zh: `账本没有问题（${figure(grants)} 笔）`, en: `all ${counted(grants, 'grant')} are right` }),
      ]
    const done = dryRun
      ? say({ zh: '什么都没有改', en: 'nothing was changed' })
      : say({ zh: '都已改好', en: 'all are mended' })
    return [
      ...differences.map(differenceLine),
      ...strays.map(strayLine),
      say({
        zh: `${figure(differences.length)} 笔不符，${figure(strays.length)} 笔遗留的预扣：${done}`,
        en: `${counted(differences.length, 'difference')}, ${counted(strays.length, 'stray reservation')}: ${done}`,
      }),
    ]
  })
}

const differenceLine = ({ grantId, userId, left, held }: Difference): string =>
  say({
    zh:
      `${userId} 的次数 ${grantId}：可用 ${figure(left.was)}，按账目应为 ${figure(left.is)}；` +
      `预扣 ${figure(held.was)}，按账目应为 ${figure(held.is)}`,
    en:
      `grant ${grantId} of ${userId}: left ${figure(left.was)}, by its entries ${figure(left.is)}; ` +
      `held ${figure(held.was)}, by its entries ${figure(held.is)}`,
  })

const strayLine = ({ turnId, userId, calls }: Stray): string =>
  say({
    zh: `${userId} 的问题 ${turnId}：预扣了 ${figure(calls)} 次，却没有人在回答`,
    en: `turn ${turnId} of ${userId}: ${counted(calls, 'call')} reserved, and nobody works on it`,
  })
