import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { backupName } from '../../src/wiring/backup/name.ts'
import { examineBackup } from '../../src/wiring/examine/backup.ts'

const T0 = Date.parse('2026-11-25T12:00:00Z')
const HOUR_MS = 3_600_000

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'yingda-examine-'))
  mkdirSync(join(dir, 'backups'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const look = (now: number, BACKUP_EVERY = 24 * HOUR_MS) =>
  examineBackup({ DATA_DIR: dir, BACKUP_EVERY }, { now: () => now }).run()

test('the doctor says how old the last backup is, and warns when more than one was missed', async () => {
  expect(await look(T0)).toMatchObject({ level: 'ok', detail: expect.stringContaining('none yet') })
  writeFileSync(join(dir, 'backups', backupName(T0, '0.2.0', false)), '')
  expect(await look(T0 + 5 * HOUR_MS)).toEqual({ level: 'ok', detail: 'the last one 5 hours ago, 1 in all' })
  expect((await look(T0 + 48 * HOUR_MS)).level).toBe('ok')
  expect(await look(T0 + 48 * HOUR_MS + 1)).toMatchObject({
    level: 'warning',
    fix: expect.stringContaining('yingda backup create'),
  })
  expect((await look(T0 + 100 * HOUR_MS, 0)).level).toBe('ok')
})
