import type { Command } from 'commander'
import { say } from '../base/say.ts'
import type { AuditEntry } from '../operator/audit.ts'
import { wholeNumber } from './arguments.ts'
import type { CliAction, CliContext } from './context.ts'
import { counted, figure } from './printable.ts'
import { table } from './table.ts'
import { entryReason } from './users/entry-words.ts'
import { isoTime, localTime } from './when.ts'

const DAY_MS = 86_400_000
const MAX_DAYS = 3650
const MAX_ENTRIES = 1000

export const addAudit = (program: Command, { run }: CliContext): void => {
  program
    .command('audit')
    .description(say({ zh: '运营者做过的操作，最新的在前', en: 'what operators did, newest first' }))
    .option('--days <n>', say({ zh: '往回看多少天', en: 'how many days back' }), wholeNumber(1, MAX_DAYS), 30)
    .action(run(showAudit))
}

const COLUMNS = [
  { zh: '时间', en: 'at' },
  { zh: '谁', en: 'who' },
  { zh: '操作', en: 'act' },
  { zh: '对象', en: 'to' },
  { zh: '细节', en: 'details' },
]

const showAudit = async (cli: CliAction, { days }: { days: number }): Promise<void> => {
  const operator = await cli.openOperator()
  const entries = await operator.audit.list(operator.clock.now() - days * DAY_MS, MAX_ENTRIES)
  cli.print({ entries: entries.map((entry) => ({ ...entry, at: isoTime(entry.at) })) }, () => {
    if (entries.length === 0)
      return [say({ zh: `${figure(days)} 天里没有操作`, en: `nothing was done in ${counted(days, 'day')}` })]
    const rows = entries.map((entry) => [
      ...[localTime(entry.at), entry.actor, entry.act, entry.subject, detailsOf(entry)],
    ])
    const last = say({
      zh: `只列出最近的 ${figure(MAX_ENTRIES)} 次操作`,
      en: `the last ${counted(MAX_ENTRIES, 'act')}`,
    })
    const columns = COLUMNS.map((title) => ({ title: say(title) }))
    return [...table(columns, rows), ...(entries.length === MAX_ENTRIES ? [last] : [])]
  })
}

const detailsOf = ({ details }: AuditEntry): string =>
  Object.entries(details)
    .map(([name, value]) => `${name}=${name === 'reason' ? entryReason(String(value)) : value}`)
    .join(' ')
