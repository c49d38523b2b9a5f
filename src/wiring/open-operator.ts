import { loadAppSecrets } from '../base/app-secret.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import type { Config } from '../base/config.ts'
import { createIds } from '../base/ids.ts'
import { type Log, silentLog } from '../base/log.ts'
import { createPersonHash } from '../identity/person-hash.ts'
import { openDatabase } from '../infra/db/database.ts'
import { createKnexAudit } from '../infra/db/knex-audit.ts'
import { createKnexOverview } from '../infra/db/knex-overview.ts'
import { migrateAt } from '../infra/db/migrate.ts'
import { openStores } from '../infra/db/stores.ts'
import { createCardKeys } from '../quota/card-key.ts'

/** What an operator works with, beside the running service: its database and its secret, no Redis. */
export type Operator = Awaited<ReturnType<typeof openOperator>>

/**
 * Brings the schema up to this program's first, like the service does.
 * @throws AppSecretError, SchemaTooNewError, or what the database says
 */
export const openOperator = async (config: Config, parts: { clock?: Clock; log?: Log } = {}) => {
  const { clock = systemClock, log = silentLog } = parts
  const secrets = loadAppSecrets(config)
  const { applied } = await migrateAt(config.DATABASE_URL)
  if (applied.length > 0) log.info({ applied }, 'the database is migrated')
  const { knex, close } = openDatabase(config.DATABASE_URL)
  const ids = createIds(clock.now)
  const personHash = createPersonHash(secrets)
  return {
    clock,
    ids,
    personHash,
    ...openStores(knex, ids, personHash),
    cardKeys: createCardKeys(secrets),
    audit: createKnexAudit(knex),
    overview: createKnexOverview(knex),
    close,
  }
}
