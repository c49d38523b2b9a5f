import { say } from '../../base/say.ts'
import { listBackups } from '../../wiring/backup/list.ts'
import type { CliAction } from '../context.ts'
import { table } from '../table.ts'
import { isoTime, localTime } from '../when.ts'

export const listAll = async (cli: CliAction): Promise<void> => {
  const backups = listBackups(cli.config.DATA_DIR).toReversed()
  const document = backups.map(({ file, bytes, at, version, sealed }) => ({
    file,
    bytes,
    at: isoTime(at),
    version,
    encrypted: sealed,
  }))
  cli.print(document, () =>
    backups.length === 0
      ? [
          say({
            zh: '还没有备份：运行 yingda backup create',
            en: 'there is none yet: run yingda backup create',
          }),
        ]
      : table(
          [
            { title: say({ zh: '时间', en: 'at' }) },
            { title: 'KB', align: 'right' },
            { title: say({ zh: '版本', en: 'version' }) },
            { title: say({ zh: '加密', en: 'encrypted' }) },
            { title: say({ zh: '文件', en: 'file' }) },
          ],
          backups.map(({ file, bytes, at, version, sealed }) => [
            localTime(at),
            Math.ceil(bytes / 1024),
            version,
            sealed ? say({ zh: '是', en: 'yes' }) : say({ zh: '否', en: 'no' }),
            file,
          ]),
        ),
  )
}
