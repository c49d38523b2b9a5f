import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll } from '@jest/globals'
import { sumsOf } from '../../src/backup/dump.ts'
import type { TableSum } from '../../src/backup/row-sum.ts'
import { systemClock } from '../../src/base/clock.ts'
import { openSnapshot } from '../../src/infra/backup/knex-snapshot.ts'
import { type Database, type Engine, openDatabase } from '../../src/infra/db/database.ts'
import { migrate } from '../../src/infra/db/migrate.ts'
import type { BackupSettings } from '../../src/wiring/backup/parts.ts'
import { createTestDatabase } from './databases.ts'

export type Place = {
  settings: BackupSettings
  /** Migrated, opened on first use. */
  database(): Promise<Database>
  /** Counts and sums of everything in it. */
  sums(): Promise<Map<string, TableSum>>
  /** What is in DATA_DIR/backups. */
  left(): string[]
  path(name: string): string
}

/** Databases and folders of their own for the tests of one file, gone when these are done. */
export const usePlaces = () => {
  const closings: (() => Promise<void> | void)[] = []
  afterAll(async () => {
    for (const close of closings.toReversed()) await close()
  })
  const place = async (engine: Engine, more: Partial<BackupSettings> = {}): Promise<Place> => {
    const dir = mkdtempSync(join(tmpdir(), 'yingda-backup-'))
    const { url, drop } = await createTestDatabase(engine)
    let opened: Promise<Database> | undefined
    closings.push(async () => {
      await (await opened)?.close()
      await drop()
      rmSync(dir, { recursive: true, force: true })
    })
    const open = async () => {
      const database = openDatabase(url)
      await migrate(database, url)
      return database
    }
    return {
      settings: {
        DATA_DIR: dir,
        DATABASE_URL: url,
        APP_SECRET: randomBytes(32).toString('base64'),
        APP_SECRET_PREVIOUS: undefined,
        BACKUP_KEY: undefined,
        ...more,
      },
      database() {
        opened ??= open()
        return opened
      },
      async sums() {
        const snapshot = await openSnapshot(url)
        return sumsOf(snapshot, () => {}).finally(snapshot.close)
      },
      left: () => readdirSync(join(dir, 'backups')),
      path: (name) => join(dir, name),
    }
  }
  return { place }
}

export const clock = systemClock

/** The lines of a backup that is not sealed. */
export const linesOf = (file: string): string[] =>
  gunzipSync(readFileSync(file)).toString().trimEnd().split('\n')

/** A file of these lines, in the form of a backup. */
export const writeLines = (file: string, lines: readonly string[]): string => {
  writeFileSync(file, gzipSync(`${lines.join('\n')}\n`))
  return file
}
