import { join } from 'node:path'
import { type Applied, applyJournal } from '../backup/journal/apply-journal.ts'
import { createKeepJournal } from '../backup/journal/keep-journal.ts'
import { loadAppSecrets } from '../base/app-secret.ts'
import type { Clock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import { createIds } from '../base/ids.ts'
import { createPersonHash } from '../identity/person-hash.ts'
import { createFileJournal } from '../infra/backup/file-journal.ts'
import type { Database } from '../infra/db/database.ts'
import { createKnexFactsSince } from '../infra/db/knex-facts.ts'
import { createKnexRestored } from '../infra/db/knex-restored.ts'
import { openStores, type Stores } from '../infra/db/stores.ts'

/** Where what no restore takes back is kept: beside the backups. */
export const openJournal = ({ DATA_DIR }: Pick<Config, 'DATA_DIR'>) =>
  createFileJournal(join(DATA_DIR, 'backups', 'journal'))

const DAY_MS = 86_400_000
/** A backup may be kept elsewhere for longer than here: what came after it is known for a month at least. */
const KEPT_MS = 30 * DAY_MS
const FORGOTTEN_AT_ONCE = 1000

/** What the elected process does for it, each time. */
export const createJournalChore = (
  config: Config,
  parts: Pick<Stores, 'factsSince' | 'forgetErasures'> & { clock: Pick<Clock, 'now'> },
) => {
  const journal = openJournal(config)
  const keep = createKeepJournal({ journal, factsSince: parts.factsSince, beginAt: async (now) => now })
  return async (): Promise<void> => {
    const now = parts.clock.now()
    await keep(now)
    await journal.forget(now - KEPT_MS)
    await parts.forgetErasures(now - KEPT_MS, FORGOTTEN_AT_ONCE)
  }
}

/** Before a database is emptied: what it knows since `since` that the journal does not know yet. Says how much that was. */
export const catchUpJournal = (
  config: Config,
  knex: Database['knex'],
  since: number,
  now: number,
): Promise<number> =>
  createKeepJournal({
    journal: openJournal(config),
    factsSince: createKnexFactsSince(knex),
    beginAt: async () => since,
  })(now)

/** After a database was filled from a backup, and before anybody works with it. @throws AppSecretError */
export const applyJournalTo = (config: Config, knex: Database['knex'], now: number): Promise<Applied> => {
  const personHash = createPersonHash(loadAppSecrets(config))
  const stores = openStores(
    knex,
    createIds(() => now),
    personHash,
  )
  return applyJournal(openJournal(config), createKnexRestored(knex, personHash, stores), now)
}
