import { systemClock } from '../../base/clock.ts'
import { say } from '../../base/say.ts'
import { createBackup } from '../../wiring/backup/create.ts'
import { type CliAction, UsageError } from '../context.ts'
import { figure } from '../printable.ts'
import { rowProgress } from './row-progress.ts'

export const createOne = async (cli: CliAction, { out }: { out?: string }): Promise<void> => {
  const toStdout = out === '-'
  if (toStdout && cli.json)
    throw new UsageError(
      say({
        zh: '--out - 已经占用标准输出，不能再加 --json',
        en: '--out - has the standard output already: leave out --json',
      }),
    )
  if (toStdout && process.stdout.isTTY)
    throw new UsageError(
      say({
        zh: '--out - 会把二进制内容写到终端：请接管道或重定向到文件',
        en: '--out - would write into the terminal: pipe it somewhere, or name a file',
      }),
    )
  const progress = rowProgress()
  const made = await createBackup(cli.config, {
    clock: systemClock,
    reached: progress.reached,
    ...(out === undefined ? {} : { out: toStdout ? process.stdout : out }),
  }).finally(progress.end)
  const { file, bytes, schema, tables } = made
  const rows = Object.values(tables).reduce((sum, each) => sum + each, 0)
  const size = `${figure(Math.ceil(bytes / 1024))} KB`
  const warning =
    cli.config.BACKUP_KEY === undefined
      ? [
          say({
            zh: '没有加密：里面有用户的提问和回答，请收好，或设置 BACKUP_KEY',
            en: 'not encrypted: it holds what users asked; keep it safe, or set BACKUP_KEY',
          }),
        ]
      : []
  const lines = [
    say({
      zh: `已备份 ${figure(rows)} 行，${size}${file === undefined ? '' : `：${file}`}`,
      en: `${figure(rows)} rows, ${size}${file === undefined ? '' : ` in ${file}`}`,
    }),
    ...warning,
  ]
  if (toStdout) console.error(lines.join('\n'))
  else cli.print({ file, bytes, schema, tables }, () => lines)
}
