import type { Config } from '../base/config.ts'
import { migrate, migrationStatus, openForMigrating, undoLastMigration } from '../infra/db/migrate.ts'

/** The schema of the configured database, for the operator. */
export const openSchema = ({ DATABASE_URL: url }: Config) => {
  const database = openForMigrating(url)
  return {
    /** File names of migrations, oldest first. `unknown`: applied by a newer program. */
    status: () => migrationStatus(database.knex),
    up: () => migrate(database, url),
    /** Takes the newest batch of migrations back, and what was stored in it with it. */
    down: () => undoLastMigration(database, url),
    close: database.close,
  }
}
