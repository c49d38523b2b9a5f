import type { Command } from 'commander'
import { say } from '../base/say.ts'
import type { CliContext } from './context.ts'

/** What each command does is in a file of its own, loaded when it is called. */
export const addBackup = (program: Command, { load }: CliContext): void => {
  const backup = program.command('backup').description(
    say({
      zh: '备份：服务照常运行时做一份，检查它，恢复它',
      en: 'backups: made while the service runs, verified, restored',
    }),
  )

  backup
    .command('create')
    .description(
      say({
        zh: '把此刻的全部数据写进一个文件；设了 BACKUP_KEY 就加密',
        en: 'writes all data of this moment into one file, encrypted when BACKUP_KEY is set',
      }),
    )
    .option(
      '--out <file>',
      say({
        zh: '新文件的路径，- 表示标准输出；不写则放进 DATA_DIR/backups',
        en: 'a new file, or - for the standard output; without: one in DATA_DIR/backups',
      }),
    )
    .action(load(async () => (await import('./backup/create.ts')).createOne))

  backup
    .command('list')
    .description(say({ zh: '列出 DATA_DIR/backups 里的备份', en: 'the backups in DATA_DIR/backups' }))
    .action(load(async () => (await import('./backup/list.ts')).listAll))

  backup
    .command('verify')
    .argument('<file>', say({ zh: '备份文件', en: 'a backup' }))
    .description(
      say({
        zh: '恢复到一个临时数据库里核对，不动现有数据',
        en: 'restores it into a scratch database and compares; touches nothing else',
      }),
    )
    .action(load(async () => (await import('./backup/verify.ts')).verifyOne))

  backup
    .command('restore')
    .argument('<file>', say({ zh: '备份文件，- 表示标准输入', en: 'a backup, or - for the standard input' }))
    .description(
      say({
        zh: '用备份换掉数据库里的全部数据：要么全换成，要么一点没动',
        en: 'replaces all data by that of a backup, wholly or not at all',
      }),
    )
    .option(
      '--yes',
      say({ zh: '数据库里已有数据也照换', en: 'also when the database has rows, which are lost' }),
    )
    .action(load(async () => (await import('./backup/restore.ts')).restoreOne))
}

export const addTransfer = (program: Command, { load }: CliContext): void => {
  const form = 'sqlite:PATH, mysql://user:pass@host:3306/db'
  program
    .command('transfer')
    .description(
      say({
        zh: '把一个数据库里的全部数据搬到另一个（SQLite 与 MySQL 都行），来源不变',
        en: 'copies all data of one database into another, SQLite or MySQL; the first is left as it is',
      }),
    )
    .requiredOption(
      '--from <url>',
      say({ zh: `从哪里：${form}；@文件 从文件里读`, en: `from where: ${form}; @FILE reads it from a file` }),
    )
    .requiredOption('--to <url>', say({ zh: '到哪里：写法相同', en: 'to where: in the same form' }))
    .option('--yes', say({ zh: '目标里已有数据也照换', en: 'also when the target has rows, which are lost' }))
    .action(load(async () => (await import('./backup/transfer.ts')).transferAll))
}
