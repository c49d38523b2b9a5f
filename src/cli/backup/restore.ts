import type { Applied } from '../../backup/journal/apply-journal.ts'
import { systemClock } from '../../base/clock.ts'
import { say } from '../../base/say.ts'
import { restoreBackup } from '../../wiring/backup/restore.ts'
import { carryFactsOver } from '../../wiring/journal.ts'
import { actor } from '../actor.ts'
import { type CliAction, UsageError } from '../context.ts'
import { factsDocument, factsLine, secretLines } from './facts-lines.ts'
import { rowProgress } from './row-progress.ts'
import { sinceDocument, sinceLines } from './since-lines.ts'

export const restoreOne = async (cli: CliAction, from: string, { yes }: { yes?: true }): Promise<void> => {
  if (from === '-' && process.stdin.isTTY)
    throw new UsageError(
      say({
        zh: '- 从标准输入读备份：请用管道或重定向送进来',
        en: '- reads the backup from the standard input: pipe or redirect one into it',
      }),
    )
  const progress = rowProgress()
  let applied: Applied | undefined
  const restored = await restoreBackup(cli.config, {
    from: from === '-' ? process.stdin : from,
    agreed: yes === true,
    actor: actor(),
    clock: systemClock,
    async amend(scratchUrl, createdAt) {
      applied = await carryFactsOver(cli.config, { scratchUrl, createdAt, now: systemClock.now() })
    },
    reached: progress.reached,
  }).finally(progress.end)
  cli.print({ ok: true, ...factsDocument(restored), since: sinceDocument(applied) }, () => [
    say({ zh: `已恢复：${factsLine(restored)}`, en: `restored: ${factsLine(restored)}` }),
    ...sinceLines(applied, restored),
    ...secretLines(restored),
    say({
      zh: '接下来：重启正在运行的服务（docker compose restart），再运行 yingda ledger reconcile 和 yingda doctor 看一看',
      en: 'next: restart the service if it runs (docker compose restart), then look at yingda ledger reconcile and yingda doctor',
    }),
  ])
}
