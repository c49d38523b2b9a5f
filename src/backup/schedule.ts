import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'

/** A finished backup of ours. `at`: the instant that it holds, in milliseconds since the Unix epoch. */
export type KeptBackup = { file: string; at: number; bytes: number }

/** What an operator counts of them. */
export type BackupMeters = {
  /** There is a good one of this instant. */
  succeeded(at: number, bytes: number): void
  failed(): void
  /** How often there is to be one; 0: never. */
  scheduled(everyMs: number): void
}

export type BackupSchedule = {
  /** Begins one when it is time; does not wait for its end. For one process at a time. */
  tick(): Promise<void>
  /** What is told of it to the operator. */
  state(): BackupState
  /** Ends one that is being made. Nothing of it stays. */
  stop(): Promise<void>
}

/** `failure`: why the last try came to nothing, in the operator's words. `overdue`: so were those before it. */
export type BackupState = { lastAt: number | undefined; failure: string | undefined; overdue: boolean }

export type BackupScheduleParts = {
  /** 0: never. */
  everyMs: number
  /** How many stay, at least one. */
  keep: number
  /** In whatever order. */
  list: () => KeptBackup[]
  /** Makes one and proves that it can be read; what cannot is taken away. Rejects as soon as `signal` aborts. */
  make: (signal: AbortSignal) => Promise<KeptBackup>
  remove: (file: string) => Promise<void>
  /** What went wrong and what to do, for the operator. */
  wordsFor: (error: unknown) => string
  meters: BackupMeters
  clock: Pick<Clock, 'now'>
  log: Log
}

/** So long after one that failed it is tried again, where it is not due before. */
const AGAIN_MS = 15 * 60_000
/** More than one has been missed. */
const OVERDUE = 2

/** Backups by the age of the last one, so that a restart neither makes one too many nor forgets one. */
export const createBackupSchedule = (parts: BackupScheduleParts): BackupSchedule => {
  const { everyMs, meters, clock, log } = parts
  const stopping = new AbortController()
  let running: Promise<void> | undefined
  let begunAt: number | undefined
  let lastAt: number | undefined
  let failure: string | undefined
  let notBefore = Number.NEGATIVE_INFINITY
  meters.scheduled(everyMs)

  /** A file of a time to come tells of a clock that went wrong, not of a backup. */
  const newest = (now: number): KeptBackup | undefined =>
    parts
      .list()
      .filter(({ at }) => at <= now)
      .toSorted((one, other) => one.at - other.at)
      .at(-1)

  const removeOldest = async (made: KeptBackup): Promise<void> => {
    const older = parts.list().filter(({ file }) => file !== made.file)
    const beyond = older.toSorted((one, other) => other.at - one.at).slice(Math.max(parts.keep, 1) - 1)
    for (const { file } of beyond) await parts.remove(file)
    if (beyond.length > 0) log.info({ removed: beyond.length }, 'old backups are removed')
  }

  const make = async (): Promise<void> => {
    try {
      const made = await parts.make(stopping.signal)
      lastAt = made.at
      failure = undefined
      meters.succeeded(made.at, made.bytes)
      log.info({ file: made.file, bytes: made.bytes }, 'a backup is made')
      await removeOldest(made)
    } catch (err) {
      if (stopping.signal.aborted) return
      failure = parts.wordsFor(err)
      notBefore = clock.now() + Math.min(AGAIN_MS, everyMs)
      meters.failed()
      log.error({ err, hint: failure }, 'the backup failed')
    }
  }

  return {
    async tick() {
      const now = clock.now()
      if (everyMs === 0 || running || stopping.signal.aborted) return
      begunAt ??= now
      const last = newest(now)
      lastAt = last?.at
      if (last) meters.succeeded(last.at, last.bytes)
      if (now < notBefore || (last && now - last.at < everyMs)) return
      running = make().finally(() => {
        running = undefined
      })
    },
    state() {
      const since = lastAt ?? begunAt
      return { lastAt, failure, overdue: since !== undefined && clock.now() - since > OVERDUE * everyMs }
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}
