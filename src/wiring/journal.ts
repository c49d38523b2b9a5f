import { join } from 'node:path'
import { type Applied, applyJournal } from '../backup/journal/apply-journal.ts'
import { createKeepJournal } from '../backup/journal/keep-journal.ts'
import { type AppSecrets, loadAppSecrets } from '../base/app-secret.ts'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import { createIds } from '../base/ids.ts'
import { createPersonHash } from '../identity/person-hash.ts'
import { createFileJournal } from '../infra/backup/file-journal.ts'
import { backupFolder } from '../infra/backup/workplace.ts'
import { openDatabase } from '../infra/db/database.ts'
import { createKnexFactsSince } from '../infra/db/knex-facts.ts'
import { createKnexRestored } from '../infra/db/knex-restored.ts'
import { settleOld } from '../infra/db/settle-old.ts'
import { openStores, type Stores } from '../infra/db/stores.ts'
import { listBackups } from './backup/list.ts'

const DAY_MS = 86_400_000
/** A backup may be kept elsewhere for longer than here: what came after it is known for a month at least. */
const KEPT_MS = 30 * DAY_MS
const FORGOTTEN_AT_ONCE = 1000
/** What was asked before that is not answered any more after a restore. */
const OLD_MS = 10 * 60_000

/** Where what no restore takes back is kept: beside the backups. */
export const openJournal = ({ DATA_DIR }: Pick<Config, 'DATA_DIR'>) =>
  createFileJournal(join(backupFolder(DATA_DIR), 'journal'))

/** What the elected process does for it, each time. What is older than the oldest backup is forgotten. */
export const createJournalChore = (
  config: Pick<Config, 'DATA_DIR'>,
  parts: Pick<Stores, 'factsSince' | 'forgetErasures'> & { clock: Pick<Clock, 'now'> },
) => {
  const journal = openJournal(config)
  const oldest = (now: number) => Math.min(now, ...listBackups(config.DATA_DIR).map(({ at }) => at))
  const keep = createKeepJournal({
    journal,
    factsSince: parts.factsSince,
    beginAt: async (now) => oldest(now),
  })
  return async (): Promise<void> => {
    const now = parts.clock.now()
    await keep(now)
    const before = Math.min(oldest(now), now - KEPT_MS)
    await journal.forget(before)
    await parts.forgetErasures(before, FORGOTTEN_AT_ONCE)
  }
}

/**
 * What a restore must not forget: first the journal learns what the database that gives way knows since the backup, then all
 * of it is done again in the one that takes its place, where what is long over is not begun again. Both are at this
 * program's schema.
 */
export const carryFactsOver = async (
  config: Config,
  { scratchUrl, createdAt, now }: { scratchUrl: string; createdAt: number; now: number },
): Promise<Applied> => {
  const journal = openJournal(config)
  const present = openDatabase(config.DATABASE_URL)
  try {
    const { knex } = present
    // An empty database knows nothing of what happened.
    const beginAt = async () => ((await knex('users').first('id')) ? createdAt : now)
    await createKeepJournal({ journal, factsSince: createKnexFactsSince(knex), beginAt, isLast: true })(now)
  } finally {
    await present.close()
  }
  const scratch = openDatabase(scratchUrl)
  try {
    const personHash = createPersonHash(secretsOf(config))
    const ids = createIds(() => now)
    const restored = createKnexRestored(scratch.knex, personHash, openStores(scratch.knex, ids, personHash))
    const applied = await applyJournal(journal, restored, now)
    await settleOld(scratch.knex, personHash, now - OLD_MS, now)
    return applied
  } finally {
    await scratch.close()
  }
}

/** Makes none: where there is none yet, the journal's hashes are nobody's. */
const secretsOf = (config: Config): AppSecrets => {
  try {
    return loadAppSecrets(config, { make: false })
  } catch {
    return { current: Buffer.alloc(32), previous: [] }
  }
}
