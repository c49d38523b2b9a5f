import type { Config } from '../base/config.ts'
import type { Lifecycle } from '../base/lifecycle.ts'
import type { Log } from '../base/log.ts'
import { keepPrivate } from '../base/private-files.ts'
import { say } from '../base/say.ts'
import { migrateAt } from '../infra/db/migrate.ts'
import { privateFiles } from './private-files.ts'

/** What is kept as this program wants it: the schema brought up, the files its user's alone. */
export const prepareData = async (config: Config, lifecycle: Lifecycle, log: Log): Promise<void> => {
  const migrating = migrateAt(config.DATABASE_URL, { signal: lifecycle.signal })
  // MySQL takes no half of a migration back: whoever stops us meanwhile waits for it.
  lifecycle.onClose('migrations', () => migrating.then(() => {}).catch(() => {}))
  const { applied, newer } = await migrating
  if (applied.length > 0) log.info({ applied }, 'the database is migrated')
  if (newer) log.warn({ newer }, 'a newer program has been at the database: this one can live with it')
  const open = keepPrivate(privateFiles(config))
  if (open.length === 0) return
  const hint = say({
    zh: '机器上的其他用户能读这些文件，服务自己改不了：请在机器上运行 mend 里的命令',
    en: 'other users of the machine can read these files, and the service cannot change that: run what mend says',
  })
  const mend = { run: `sudo chmod 600 ${open.join(' ')}` }
  log.warn({ open, hint, mend }, 'other users of this machine can read what is kept')
}
