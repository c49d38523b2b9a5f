import { readFileSync } from 'node:fs'
import { systemClock } from '../../base/clock.ts'
import { say } from '../../base/say.ts'
import { readDatabaseAddress } from '../../base/store-address.ts'
import { transfer } from '../../wiring/backup/transfer.ts'
import { type CliAction, CliError, UsageError } from '../context.ts'
import { figure } from '../printable.ts'
import { rowProgress } from './row-progress.ts'

type Options = { from: string; to: string; yes?: true }

export const transferAll = async (cli: CliAction, { from, to, yes }: Options): Promise<void> => {
  const fromUrl = addressOf('--from', from)
  const toUrl = addressOf('--to', to)
  if (fromUrl === toUrl)
    throw new UsageError(
      say({ zh: '--from 和 --to 是同一个数据库', en: '--from and --to are the same database' }),
    )
  const progress = rowProgress()
  const tables = await transfer(cli.config, {
    fromUrl,
    toUrl,
    agreed: yes === true,
    clock: systemClock,
    reached: progress.reached,
  }).finally(progress.end)
  const rows = Object.values(tables).reduce((sum, each) => sum + each, 0)
  cli.print({ ok: true, tables }, () => [
    say({ zh: `已搬完 ${figure(rows)} 行`, en: `${figure(rows)} rows are copied` }),
    say({
      zh: '接下来：把 DATABASE_URL 指向新的数据库，APP_SECRET 保持不变，重启服务，再运行 yingda doctor',
      en: 'next: point DATABASE_URL at the new database, keep APP_SECRET as it is, restart the service, run yingda doctor',
    }),
  ])
}

/** An address may hold a password, which whoever lists the processes reads: @FILE keeps it from the command line. */
const addressOf = (option: string, given: string): string => {
  const url = given.startsWith('@') ? firstLineOf(given.slice(1)) : given
  const isOurs = /^(sqlite:.+|mysql:\/\/.+)$/.test(url)
  const read = isOurs ? readDatabaseAddress(url) : undefined
  if (read?.ok) return url
  const problem = read ? read.problem : 'sqlite:PATH, mysql://user:pass@host:3306/db'
  throw new UsageError(`${option}: ${problem}`)
}

const firstLineOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    throw new CliError(
      say({ zh: `读不到文件 ${path}：请检查路径`, en: `the file ${path} cannot be read: check the path` }),
    )
  }
}
