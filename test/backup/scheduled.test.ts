import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readConfig } from '../../src/base/config.ts'
import { openDatabase } from '../../src/infra/db/database.ts'
import { migrateAt } from '../../src/infra/db/migrate.ts'
import { createPromMeters } from '../../src/infra/metrics/prom-meters.ts'
import { createBackup } from '../../src/wiring/backup/create.ts'
import { listBackups } from '../../src/wiring/backup/list.ts'
import { openBackupSchedule } from '../../src/wiring/backup/schedule.ts'
import { logTo } from '../support/log-to.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { until } from '../support/until.ts'

const T0 = Date.now()
const MINUTE_MS = 60_000

describe('scheduled backups of a real database', () => {
  let dir: string
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'yingda-scheduled-'))
    await migrateAt(configOf().DATABASE_URL)
    const { knex, close } = openDatabase(configOf().DATABASE_URL)
    await knex('audit_entries').insert({ at: T0, actor: 'root', act: 'x', subject: 'y', details: '{}' })
    await close()
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  const configOf = (more: { [name: string]: string } = {}) => {
    const APP_SECRET = Buffer.alloc(32, 1).toString('base64')
    const read = readConfig({ DATA_DIR: dir, BACKUP_EVERY: '1h', BACKUP_KEEP: '2', APP_SECRET, ...more }, dir)
    if (!read.ok) throw new Error(read.problems.join('\n'))
    return read.config
  }
  const open = (more = {}) => {
    const clock = createManualClock(T0)
    const { log, lines } = logTo()
    const schedule = openBackupSchedule(configOf(more), { meters: createPromMeters().backups, clock, log })
    const said = (message: string) => lines.filter((line) => line.message === message).length
    return { clock, lines, schedule, said }
  }
  const folder = () => join(dir, 'backups')
  const kept = () => listBackups(dir).map(({ at }) => at)

  test('are made, verified and removed by number, and nothing else is', async () => {
    const { clock, schedule, said } = open()
    mkdirSync(join(folder(), 'journal'), { recursive: true })
    const foreign = ['notes.txt', 'yingda-old.sql']
    for (const name of foreign) writeFileSync(join(folder(), name), 'mine')
    for (const count of [1, 2, 3]) {
      await schedule.tick()
      await until(() => said('a backup is made') === count)
      await schedule.tick()
      await clock.advance(60 * MINUTE_MS)
    }
    await until(() => said('old backups are removed') === 1)
    expect(kept()).toEqual([T0 + 60 * MINUTE_MS, T0 + 120 * MINUTE_MS])
    const others = readdirSync(folder()).filter((name) => !name.endsWith('.jsonl.gz'))
    expect(others.toSorted()).toEqual(['journal', ...foreign].toSorted())
  }, 60_000)

  test('that cannot be written are told with what to do, and made when they can', async () => {
    writeFileSync(folder(), 'no folder')
    const { clock, schedule, said, lines } = open()
    await schedule.tick()
    await until(() => said('the backup failed') === 1)
    expect(schedule.state()).toMatchObject({
      lastAt: undefined,
      failure: expect.stringMatching(/backup create/),
    })
    expect(lines.find(({ level }) => level === 'error')?.fields).toMatchObject({
      hint: schedule.state().failure,
    })
    rmSync(folder())
    await clock.advance(15 * MINUTE_MS)
    await schedule.tick()
    await until(() => said('a backup is made') === 1)
    expect(schedule.state().failure).toBeUndefined()
  })

  test('that begin at the same instant are files of their own', async () => {
    const clock = createManualClock(T0)
    const made = await Promise.all([1, 2, 3].map(() => createBackup(configOf(), { clock })))
    expect(new Set(made.map(({ file }) => file)).size).toBe(3)
    expect(kept()).toEqual([T0, T0 + 1, T0 + 2])
  })

  test('leave nothing when the service ends in the middle of one', async () => {
    const { schedule } = open()
    await schedule.tick()
    await until(() => existsSync(folder()) && readdirSync(folder()).some((name) => name.startsWith('.work-')))
    await schedule.stop()
    expect(readdirSync(folder())).toEqual([])
  })
})
