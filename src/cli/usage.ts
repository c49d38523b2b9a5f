import type { Command } from 'commander'
import type { UsageDay } from '../operator/overview.ts'
import { wholeNumber } from './arguments.ts'
import type { CliAction, CliContext } from './context.ts'
import { table } from './table.ts'

const DAY_MS = 86_400_000
const MAX_DAYS = 400

export const addUsage = (program: Command, { run }: CliContext): void => {
  program
    .command('usage')
    .description('what was asked and spent, by days in Shanghai')
    .option('--days <n>', 'how many days, the last one being today', wholeNumber(1, MAX_DAYS), 7)
    .action(run(showUsage))
}

const showUsage = async (cli: CliAction, { days }: { days: number }): Promise<void> => {
  const operator = await cli.openOperator()
  const now = operator.clock.now()
  const usage = await operator.overview.usage(now - (days - 1) * DAY_MS, now)
  cli.print(usage, () => linesOf(usage))
}

/** What adds up over days; users do not, for the same may ask on each. */
const SUMMED = [
  ['questions', 'questions'],
  ['answered', 'answered'],
  ['failed', 'failed'],
  ['onOwnKey', 'on own key'],
  ['callsSpent', 'calls spent'],
  ['callsRefunded', 'refunded'],
  ['promptTokens', 'prompt tokens'],
  ['completionTokens', 'answer tokens'],
] as const

const COLUMNS = [
  { title: 'day' },
  ...['users', ...SUMMED.map(([, title]) => title)].map((title) => ({ title, align: 'right' as const })),
]

const linesOf = (usage: UsageDay[]): string[] =>
  table(COLUMNS, [
    ...usage.map((day) => [day.date, day.users, ...SUMMED.map(([name]) => day[name])]),
    ['in all', '', ...SUMMED.map(([name]) => usage.reduce((sum, day) => sum + day[name], 0))],
  ])
