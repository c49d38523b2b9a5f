import type { Command } from 'commander'
import type { AuditEntry } from '../operator/audit.ts'
import { wholeNumber } from './arguments.ts'
import type { CliAction, CliContext } from './context.ts'
import { counted } from './printable.ts'
import { table } from './table.ts'
import { isoTime, localTime } from './when.ts'

const DAY_MS = 86_400_000
const MAX_DAYS = 3650
const MAX_ENTRIES = 1000

export const addAudit = (program: Command, { run }: CliContext): void => {
  program
    .command('audit')
    .description('what operators did, newest first')
    .option('--days <n>', 'how many days back', wholeNumber(1, MAX_DAYS), 30)
    .action(run(showAudit))
}

const COLUMNS = ['at', 'who', 'act', 'to', 'details'].map((title) => ({ title }))

const showAudit = async (cli: CliAction, { days }: { days: number }): Promise<void> => {
  const operator = await cli.openOperator()
  const entries = await operator.audit.list(operator.clock.now() - days * DAY_MS, MAX_ENTRIES)
  cli.print({ entries: entries.map((entry) => ({ ...entry, at: isoTime(entry.at) })) }, () => {
    if (entries.length === 0) return [`nothing was done in ${counted(days, 'day')}`]
    const rows = entries.map((entry) => [
      ...[localTime(entry.at), entry.actor, entry.act, entry.subject, detailsOf(entry)],
    ])
    const more = entries.length === MAX_ENTRIES ? [`the last ${counted(MAX_ENTRIES, 'act')}`] : []
    return [...table(COLUMNS, rows), ...more]
  })
}

const detailsOf = ({ details }: AuditEntry): string =>
  Object.entries(details)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
