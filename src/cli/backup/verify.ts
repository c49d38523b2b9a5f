import { systemClock } from '../../base/clock.ts'
import { say } from '../../base/say.ts'
import { verifyBackup } from '../../wiring/backup/verify.ts'
import type { CliAction } from '../context.ts'
import { factsDocument, factsLine, secretLines } from './facts-lines.ts'
import { rowProgress } from './row-progress.ts'

export const verifyOne = async (cli: CliAction, file: string): Promise<void> => {
  const progress = rowProgress()
  const verified = await verifyBackup(cli.config, {
    file,
    clock: systemClock,
    reached: progress.reached,
  }).finally(progress.end)
  const { restorable, schema } = verified
  cli.print({ ok: true, restorable, ...factsDocument(verified) }, () => [
    say({
      zh: `备份完好：${factsLine(verified)}`,
      en: `the backup is whole: ${factsLine(verified)}`,
    }),
    ...(restorable
      ? []
      : [
          say({
            zh: `它的表结构（${schema}）比本程序新：要用更新的版本来恢复`,
            en: `its schema (${schema}) is newer than this program: only a newer version restores it`,
          }),
        ]),
    ...secretLines(verified),
  ])
}
