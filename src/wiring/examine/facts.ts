import { existsSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../../base/config.ts'
import { engineOf, openDatabase, sqlitePath } from '../../infra/db/database.ts'
import { createKnexAccountFacts } from '../../infra/db/knex-account-facts.ts'
import type { Facts } from '../../wechat/account-facts.ts'

const WRITE_MS = 2000

/** For the service to find. False when its database is not there, not migrated or too slow. */
export const keepFacts = async (config: Config, appId: string, facts: Facts): Promise<boolean> => {
  const url = config.DATABASE_URL
  if (engineOf(url) === 'sqlite' && !existsSync(sqlitePath(url))) return false
  const write = async () => {
    const database = openDatabase(url)
    try {
      await createKnexAccountFacts(database.knex).write(appId, facts)
      return true
    } catch {
      return false
    } finally {
      await database.close()
    }
  }
  return Promise.race([write(), pause(WRITE_MS, false, { ref: false })])
}
