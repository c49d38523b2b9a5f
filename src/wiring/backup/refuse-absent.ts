import { BackupError } from '../../backup/backup-error.ts'
import { say } from '../../base/say.ts'
import { engineOf, isThere, sqlitePath } from '../../infra/db/database.ts'

/** SQLite would make the file. @throws BackupError: the wrong folder was named, or the wrong file */
export const refuseAbsent = (url: string, setting: string): void => {
  if (engineOf(url) !== 'sqlite' || isThere(url)) return
  const path = sqlitePath(url)
  throw new BackupError(
    'no-such-place',
    say({
      zh: `没有数据库 ${path}：请检查 ${setting} 是不是服务用的那个`,
      en: `there is no database ${path}: check that ${setting} is that of the service`,
    }),
  )
}
