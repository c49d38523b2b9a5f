import type { Command } from 'commander'
import { say } from '../base/say.ts'
import type { UsageDay } from '../operator/overview.ts'
import { wholeNumber } from './arguments.ts'
import type { CliAction, CliContext } from './context.ts'
import { table } from './table.ts'

const DAY_MS = 86_400_000
const MAX_DAYS = 400

export const addUsage = (program: Command, { run }: CliContext): void => {
  program
    .command('usage')
    .description(
      say({ zh: '每天的提问和用掉的次数（北京时间）', en: 'what was asked and spent, by days in Shanghai' }),
    )
    .option(
      '--days <n>',
      say({ zh: '多少天，最后一天是今天', en: 'how many days, the last one being today' }),
      wholeNumber(1, MAX_DAYS),
      7,
    )
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
  ['questions', { zh: '提问', en: 'questions' }],
  ['answered', { zh: '答完', en: 'answered' }],
  ['failed', { zh: '失败', en: 'failed' }],
  ['onOwnKey', { zh: '用自己的 Key', en: 'on own key' }],
  ['callsSpent', { zh: '用掉次数', en: 'calls spent' }],
  ['callsRefunded', { zh: '退回', en: 'refunded' }],
  ['promptTokens', { zh: '提示 token', en: 'prompt tokens' }],
  ['completionTokens', { zh: '回答 token', en: 'answer tokens' }],
] as const

const linesOf = (usage: UsageDay[]): string[] =>
  table(
    [
      { title: say({ zh: '日期', en: 'day' }) },
      ...[{ zh: '用户', en: 'users' }, ...SUMMED.map(([, title]) => title)].map((title) => ({
        title: say(title),
        align: 'right' as const,
      })),
    ],
    [
      ...usage.map((day) => [day.date, day.users, ...SUMMED.map(([name]) => day[name])]),
      [
        say({ zh: '合计', en: 'in all' }),
        '',
        ...SUMMED.map(([name]) => usage.reduce((sum, day) => sum + day[name], 0)),
      ],
    ],
  )
