import type { BackupSchedule } from '../../backup/schedule.ts'

/** For `/readyz`: not ok when the last backup failed, or is far too old. The service is ready all the same. */
export const backupCheck = (backups: Pick<BackupSchedule, 'state'>) => ({
  name: 'backup',
  async check() {
    const { failure, overdue } = backups.state()
    if (failure !== undefined || overdue) throw new Error(failure ?? 'overdue')
  },
  advice() {
    const { lastAt, failure } = backups.state()
    return {
      lastSuccess: lastAt === undefined ? null : new Date(lastAt).toISOString(),
      failure: failure ?? null,
    }
  },
})
