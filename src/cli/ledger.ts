import type { Command } from 'commander'
import type { Difference, Stray } from '../quota/ledger.ts'
import type { CliAction, CliContext } from './context.ts'
import { counted, figure } from './printable.ts'

export const addLedger = (program: Command, { run }: CliContext): void => {
  const ledger = program.command('ledger').description("the book of everybody's calls")

  ledger
    .command('reconcile')
    .description('recomputes every balance from the entries, and releases what crashes left reserved')
    .option('--dry-run', 'only tells')
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
    if (found === 0) return [`all ${counted(grants, 'grant')} are right`]
    const done = dryRun ? 'nothing was changed' : 'all are mended'
    return [
      ...differences.map(differenceLine),
      ...strays.map(strayLine),
      `${counted(differences.length, 'difference')}, ${counted(strays.length, 'stray reservation')}: ${done}`,
    ]
  })
}

const differenceLine = ({ grantId, userId, left, held }: Difference): string =>
  `grant ${grantId} of ${userId}: left ${figure(left.was)}, by its entries ${figure(left.is)}; ` +
  `held ${figure(held.was)}, by its entries ${figure(held.is)}`

const strayLine = ({ turnId, userId, calls }: Stray): string =>
  `turn ${turnId} of ${userId}: ${counted(calls, 'call')} reserved, and nobody works on it`
