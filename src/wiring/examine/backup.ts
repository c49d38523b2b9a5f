import type { Clock } from '../../base/clock.ts'
import type { Config } from '../../base/config.ts'
import { say } from '../../base/say.ts'
import { listBackups } from '../backup/list.ts'
import { type Examination, ok, warning } from './check.ts'

const HOUR_MS = 3_600_000
/** More than one has been missed. */
const OVERDUE = 2

/** The newest backup, by its name alone: `yingda backup verify` looks into it. */
export const examineBackup = (
  { DATA_DIR, BACKUP_EVERY }: Pick<Config, 'DATA_DIR' | 'BACKUP_EVERY'>,
  clock: Pick<Clock, 'now'>,
): Examination => ({
  name: 'backup',
  async run() {
    const all = listBackups(DATA_DIR)
    const last = all.at(-1)
    if (BACKUP_EVERY === 0)
      return ok(
        say({
          zh: `不自动备份（BACKUP_EVERY=0），目录里有 ${all.length} 份`,
          en: `none by itself (BACKUP_EVERY=0), ${all.length} in the folder`,
        }),
      )
    if (!last)
      return ok(
        say({
          zh: '还没有：服务启动后一两分钟内会做第一份',
          en: 'none yet: the service makes the first within two minutes of its start',
        }),
      )
    const hours = Math.max(0, Math.round((clock.now() - last.at) / HOUR_MS))
    const detail = say({
      zh: `最近一份在 ${hours} 小时前，共 ${all.length} 份`,
      en: `the last one ${hours} hours ago, ${all.length} in all`,
    })
    if (clock.now() - last.at <= OVERDUE * BACKUP_EVERY) return ok(detail)
    return warning(
      detail,
      say({
        zh: '服务没有在运行，或者备份失败了：日志里 the backup failed 的 hint 说怎么办；也可以现在就运行 yingda backup create',
        en: 'the service does not run, or backups fail: the hint of "the backup failed" in the log says what to do; make one now: yingda backup create',
      }),
    )
  },
})
