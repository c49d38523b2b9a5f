import { say } from '../../base/say.ts'
import type { BackupFacts } from '../../wiring/backup/verify.ts'
import { figure } from '../printable.ts'
import { isoTime, localTime } from '../when.ts'

export const factsDocument = ({ createdAt, program, schema, tables, sameSecret }: BackupFacts) => ({
  createdAt: isoTime(createdAt),
  program,
  schema,
  sameSecret,
  tables,
})

/** `1,204 rows of 2026-11-25 12:00, made by version 0.1.0`. */
export const factsLine = ({ createdAt, program, tables }: BackupFacts): string => {
  const rows = figure(Object.values(tables).reduce((sum, each) => sum + each, 0))
  return say({
    zh: `${rows} 行，${localTime(createdAt)} 由版本 ${program} 备份`,
    en: `${rows} rows of ${localTime(createdAt)}, made by version ${program}`,
  })
}

/** What is lost with another secret, and how it comes back. */
export const secretLines = ({ sameSecret }: BackupFacts): string[] =>
  sameSecret
    ? []
    : [
        say({
          zh:
            '注意：这里的 APP_SECRET 与做备份时的不同。请把原来的放回来（APP_SECRET，或 DATA_DIR/app-secret 文件）再启动服务，' +
            '否则卡密、用户自己的密钥和登录都会失效',
          en:
            'note: the APP_SECRET here is not the one of the backup. Put that one back (APP_SECRET, or the file ' +
            'DATA_DIR/app-secret) before the service starts, or no card key, own key or login works',
        }),
      ]
