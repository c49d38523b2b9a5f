import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { openDatabase } from '../../src/infra/db/database.ts'
import type { Service } from './service.ts'

/** Whatever the database holds: of SQLite the files as they are, of MariaDB every row. */
export const everythingKept = async ({ env }: Service): Promise<string> => {
  const url = env.DATABASE_URL ?? ''
  if (url.startsWith('sqlite:')) {
    const folder = dirname(url.slice('sqlite:'.length))
    return readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'latin1'))
      .join('\n')
  }
  const database = openDatabase(url)
  try {
    const [tables] = await database.knex.raw('show tables')
    const rows = await Promise.all(
      (Array.isArray(tables) ? tables : []).map((row) =>
        database.knex(String(Object.values(Object(row))[0])),
      ),
    )
    return JSON.stringify(rows)
  } finally {
    await database.close()
  }
}
