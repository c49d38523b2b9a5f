import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { type Database, type Engine, openDatabase } from '../../src/infra/db/database.ts'
import { migrate } from '../../src/infra/db/migrate.ts'

const quick = process.env.TEST_ENGINES === 'quick'

/** The engines this run covers; `npm test` covers both. */
export const engines: Engine[] = quick ? ['sqlite'] : ['sqlite', 'mysql']

export type TestDatabase = { url: string; drop(): Promise<void> }

/** An empty database of its own. */
export const createTestDatabase = async (engine: Engine): Promise<TestDatabase> => {
  if (engine === 'sqlite') {
    const dir = mkdtempSync(join(tmpdir(), 'yingda-db-'))
    return {
      url: `sqlite:${join(dir, 'test.sqlite')}`,
      drop: async () => rmSync(dir, { recursive: true, force: true }),
    }
  }
  const server = process.env.TEST_MYSQL_URL
  if (!server) throw new Error('TEST_MYSQL_URL is not set: run npm test, or npm run check for SQLite alone')
  const name = `yingda_test_${randomBytes(6).toString('hex')}`
  await onServer(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => onServer(server, `drop database ${name}`) }
}

const onServer = async (url: string, sql: string): Promise<void> => {
  const connection = await createConnection(url)
  await connection.query(sql)
  await connection.end()
}

/** A migrated database, and the way to be rid of it. */
export const openTestDatabase = async (
  engine: Engine,
): Promise<Database & { url: string; drop(): Promise<void> }> => {
  const { url, drop } = await createTestDatabase(engine)
  const database = openDatabase(url)
  await migrate(database, url)
  return {
    ...database,
    url,
    async drop() {
      await database.close()
      await drop()
    },
  }
}
