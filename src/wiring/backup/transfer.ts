import { BackupError } from '../../backup/backup-error.ts'
import { versionOf } from '../../backup/format.ts'
import { say } from '../../base/say.ts'
import { refuseFullDisk } from '../../infra/backup/free-space.ts'
import { openSnapshot } from '../../infra/backup/knex-snapshot.ts'
import { openWorkplace } from '../../infra/backup/workplace.ts'
import { programMigrations } from '../../infra/db/migrate.ts'
import type { BackupParts, BackupSettings, TableRows } from './parts.ts'
import { refuseAbsent } from './refuse-absent.ts'
import { judgeTarget, ownTables, replaceAll, targetNeed } from './replace.ts'
import { withinDisk } from './within-disk.ts'

/**
 * Everything in one database into another, of whichever engines. The first is left as it is.
 * @throws BackupError
 */
export const transfer = async (
  settings: Pick<BackupSettings, 'DATA_DIR'>,
  parts: BackupParts & { fromUrl: string; toUrl: string; agreed: boolean },
): Promise<TableRows> => {
  const { fromUrl, toUrl, agreed, clock, reached } = parts
  refuseAbsent(fromUrl, '--from')
  const work = await openWorkplace(settings.DATA_DIR, clock.now())
  return withinDisk(settings, work, async () => {
    const own = await ownTables(work)
    const open = () =>
      openSnapshot(fromUrl, async (migrations) => {
        refuseOther(migrations)
        return own.tables
      })
    // Whether it can be read at all is known before anything else is touched.
    const looked = await open()
    await looked.close()
    await refuseFullDisk(targetNeed(toUrl, looked.bytes))
    await judgeTarget(toUrl, own, agreed)
    return replaceAll(open, toUrl, own, reached ? { reached } : {})
  })
}

const refuseOther = (migrations: readonly string[]): void => {
  const program = programMigrations()
  const isSame = migrations.length === program.length && program.every((name) => migrations.includes(name))
  if (isSame) return
  const [theirs, ours] = [versionOf(migrations), versionOf(program)]
  throw new BackupError(
    'wrong-schema',
    say({
      zh: `来源数据库的表结构是 ${theirs}，本程序是 ${ours}：请先对它运行 yingda migrate up（更新的则请用更新的版本）`,
      en: `the source is at schema ${theirs}, this program at ${ours}: run yingda migrate up on it first (or use the newer program)`,
    }),
  )
}
