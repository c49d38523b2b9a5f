import type { Applied } from '../../backup/journal/apply-journal.ts'
import { say } from '../../base/say.ts'
import type { BackupFacts } from '../../wiring/backup/verify.ts'
import { figure } from '../printable.ts'
import { isoTime, localTime } from '../when.ts'

export const sinceDocument = (applied: Applied | undefined) => ({
  redeemed: applied?.redeemed ?? 0,
  erased: applied?.erased ?? 0,
  unreadable: applied?.unreadable ?? 0,
  knownFrom: isoTime(applied?.since),
})

/** What happened since the backup and was not forgotten with it; and what may have been, where there was no journal. */
export const sinceLines = (
  applied: Applied | undefined,
  { createdAt }: Pick<BackupFacts, 'createdAt'>,
): string[] => {
  const { redeemed = 0, erased = 0, unreadable = 0, since } = applied ?? {}
  const lines = [
    say({
      zh: `备份之后的事没有忘：${figure(redeemed)} 张卡已兑换过（只有原来的人能再兑换），${figure(erased)} 个用户已删除（又删了一次）`,
      en: `what came after it: ${figure(redeemed)} used cards can be redeemed again by their old owners alone, ${figure(erased)} erased users are erased again`,
    }),
  ]
  if (since === undefined || since > createdAt)
    lines.push(
      say({
        zh:
          `注意：这里的记录（DATA_DIR/backups/journal）${since === undefined ? '没有' : `从 ${localTime(since)} 才开始`}，` +
          '备份之后、记录之前兑换的卡、删除的用户都不知道：有 cards export --used 的文件就用 cards import 导入',
        en:
          `note: the journal here (DATA_DIR/backups/journal) ${since === undefined ? 'is missing' : `begins at ${localTime(since)} only`}; ` +
          'of cards used and users erased between the backup and that nothing is known: cards import a file of cards export --used if you have one',
      }),
    )
  if (unreadable > 0)
    lines.push(
      say({
        zh: `记录里有 ${figure(unreadable)} 行读不出来（例如断电时没写完），已跳过`,
        en: `${figure(unreadable)} lines of the journal could not be read (a power cut in the middle of one, say) and were left out`,
      }),
    )
  return lines
}
