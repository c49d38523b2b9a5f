import type { Command } from 'commander'
import type { ConfigResult } from '../base/config.ts'
import { say } from '../base/say.ts'
import type { Check } from '../wiring/examine/check.ts'
import type { CliContext } from './context.ts'

const MARKS = { ok: '✓', warning: '!', error: '✗' } as const

export const addDoctor = (program: Command, { judge }: CliContext): void => {
  program
    .command('doctor')
    .description(
      say({
        zh: '检查服务需要的一切，告诉你怎么修；有坏的就以 1 退出',
        en: 'looks at everything the service needs and says how to mend it; exit 1 when something is broken',
      }),
    )
    .action(
      judge(async ({ read, print }) => {
        const checks = await checksOf(read)
        const ok = checks.every(({ level }) => level !== 'error')
        const document = { ok, checks: checks.map((each) => ({ ...each, ok: each.level !== 'error' })) }
        print(document, () => checks.map(lineOf))
        return ok ? 0 : 1
      }),
    )
}

const checksOf = async (read: ConfigResult): Promise<Check[]> => {
  if (!read.ok) return read.problems.map((detail) => ({ name: 'settings', level: 'error', detail }))
  const { examine } = await import('../wiring/examine.ts')
  return [
    { name: 'settings', level: 'ok', detail: say({ zh: '能读', en: 'readable' }) },
    ...(await examine(read.config, read.env)),
  ]
}

const lineOf = ({ level, name, detail, fix }: Check): string =>
  `${MARKS[level]} ${name.padEnd(14)}  ${detail}${fix ? ` → ${fix}` : ''}`
