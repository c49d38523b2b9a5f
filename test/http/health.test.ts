import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import { health, type ReadyCheck } from '../../src/http/health.ts'
import { createHttp, type Listening, listen } from '../../src/http/server.ts'
import { backupCheck } from '../../src/wiring/backup/check.ts'
import { logTo } from '../support/log-to.ts'

const AT = Date.parse('2026-11-25T04:00:00Z')

describe('GET /readyz', () => {
  let listening: Listening
  const { log, lines } = logTo()
  beforeEach(async () => {
    listening = await listen(0, '127.0.0.1')
  })
  afterEach(() => listening.close())
  const ask = async (looking: 'may' | 'not-here', ...checks: ReadyCheck[]) => {
    const router = health(checks, log, () => looking, { version: '0.2.0', commit: undefined })
    listening.serve(createHttp([router], createIds(Date.now), log))
    const response = await fetch(`${listening.url}/readyz`)
    return { status: response.status, body: await response.json() }
  }
  const database: ReadyCheck = { name: 'database', check: async () => 1 }
  const backup = (state: { lastAt?: number; failure?: string; overdue?: boolean }) =>
    backupCheck({
      state: () => ({ lastAt: state.lastAt, failure: state.failure, overdue: state.overdue ?? false }),
    })

  test('tells the operator of a backup that failed, and is ready all the same', async () => {
    const failed = backup({ lastAt: AT, failure: 'the disk is too full' })
    const told = {
      name: 'backup',
      ok: false,
      lastSuccess: '2026-11-25T04:00:00.000Z',
      failure: 'the disk is too full',
    }
    expect(await ask('may', database, failed)).toEqual({
      status: 200,
      body: { status: 'ok', checks: [{ name: 'database', ok: true }, told] },
    })
    expect(lines).toEqual([])
  })

  test('tells nobody else', async () => {
    const failed = backup({ failure: 'the disk is too full' })
    expect(await ask('not-here', database, failed)).toEqual({ status: 200, body: { status: 'ok' } })
  })

  test('tells of one that is good', async () => {
    const told = { name: 'backup', lastSuccess: '2026-11-25T04:00:00.000Z', failure: null }
    const good = await ask('may', backup({ lastAt: AT }))
    expect(good.body.checks).toEqual([{ ...told, ok: true }])
  })

  test('is not ready when a dependency is out of reach', async () => {
    const away: ReadyCheck = { name: 'redis', check: () => Promise.reject(new Error('away')) }
    const { status, body } = await ask('may', away, backup({ overdue: true }))
    expect(status).toBe(503)
    expect(body.checks).toMatchObject([
      { name: 'redis', ok: false },
      { name: 'backup', ok: false, lastSuccess: null },
    ])
  })
})
