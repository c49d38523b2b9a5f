import { describe, expect, test } from '@jest/globals'
import { createBackupSchedule, type KeptBackup } from '../../src/backup/schedule.ts'
import { createPromMeters } from '../../src/infra/metrics/prom-meters.ts'
import { logTo } from '../support/log-to.ts'
import { createManualClock } from '../support/manual-clock.ts'

const T0 = 1_760_000_000_000
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

const open = ({ everyMs = DAY_MS, keep = 3, there = [] as KeptBackup[] } = {}) => {
  const clock = createManualClock(T0)
  const { log, lines } = logTo()
  const prom = createPromMeters()
  const state = { kept: [...there], made: 0, fails: undefined as Error | undefined, hold: Promise.resolve() }
  const start = () =>
    createBackupSchedule({
      everyMs,
      keep,
      list: () => state.kept,
      async make(signal) {
        state.made += 1
        await state.hold
        signal.throwIfAborted()
        if (state.fails) throw state.fails
        const backup = { file: `b${state.made}`, at: clock.now(), bytes: 100 + state.made }
        state.kept = [...state.kept, backup]
        return backup
      },
      async remove(file) {
        state.kept = state.kept.filter((each) => each.file !== file)
      },
      wordsFor: (error) => `mend: ${error instanceof Error ? error.message : ''}`,
      meters: prom.backups,
      clock,
      log,
    })
  const schedule = start()
  const tick = async (after = 0, on = schedule) => {
    await clock.advance(after)
    await on.tick()
    await clock.advance(0)
  }
  const figure = async (name: string) =>
    Number(new RegExp(`^yingda_backup_${name} (.+)$`, 'm').exec((await prom.expose()).body)?.[1])
  return { clock, lines, state, start, schedule, tick, figure }
}

describe('scheduled backups', () => {
  test('come at once where there is none, and then by the age of the last one', async () => {
    const { state, tick, figure, schedule } = open()
    await tick()
    expect(state.made).toBe(1)
    expect(schedule.state()).toEqual({ lastAt: T0, failure: undefined, overdue: false })
    expect(await figure('last_success_timestamp_seconds')).toBe(T0 / 1000)
    expect(await figure('last_size_bytes')).toBe(101)
    expect(await figure('every_seconds')).toBe(86_400)
    await tick(DAY_MS - 1)
    expect(state.made).toBe(1)
    await tick(1)
    expect(state.made).toBe(2)
  })

  test('a restart makes none while the last one is young, and tells of it', async () => {
    const { state, tick, start, figure } = open({
      there: [{ file: 'old', at: T0 - DAY_MS + 30_000, bytes: 7 }],
    })
    await tick()
    const again = start()
    await tick(29_999, again)
    expect(state.made).toBe(0)
    expect(await figure('last_success_timestamp_seconds')).toBe((T0 - DAY_MS + 30_000) / 1000)
    await tick(1, again)
    expect(state.made).toBe(1)
  })

  test('a file of a time to come keeps none from being made', async () => {
    const { state, tick } = open({ there: [{ file: 'future', at: T0 + 400 * DAY_MS, bytes: 7 }] })
    await tick()
    await tick(30_000)
    expect(state.made).toBe(1)
  })

  test('as many stay as were asked for, the oldest go, and never the last good one', async () => {
    const there = [3, 1, 2].map((days) => ({ file: `${days}`, at: T0 - days * DAY_MS, bytes: 1 }))
    const { state, tick } = open({ there, keep: 3 })
    await tick()
    expect(state.kept.map(({ file }) => file)).toEqual(['1', '2', 'b1'])
    const one = open({ there, keep: 0 })
    await one.tick()
    expect(one.state.kept.map(({ file }) => file)).toEqual(['b1'])
  })

  test('one that fails takes nothing away, is told with what to do, and is tried again in a quarter of an hour', async () => {
    const there = [1, 2, 3, 4].map((days) => ({ file: `${days}`, at: T0 - days * DAY_MS, bytes: 1 }))
    const { state, tick, lines, figure, schedule } = open({ there, keep: 1 })
    state.fails = new Error('the disk is full')
    await tick()
    expect(state.kept).toHaveLength(4)
    expect(await figure('failures_total')).toBe(1)
    expect(await figure('last_success_timestamp_seconds')).toBe((T0 - DAY_MS) / 1000)
    expect(schedule.state()).toMatchObject({ failure: 'mend: the disk is full', overdue: false })
    expect(lines.find(({ level }) => level === 'error')).toMatchObject({
      message: 'the backup failed',
      fields: { hint: 'mend: the disk is full' },
    })
    await tick(15 * MINUTE_MS - 1)
    expect(state.made).toBe(1)
    await tick(1)
    expect(state.made).toBe(2)
    await tick(DAY_MS)
    expect(schedule.state().overdue).toBe(true)
    state.fails = undefined
    await tick(15 * MINUTE_MS)
    expect(schedule.state()).toMatchObject({ failure: undefined, overdue: false })
    expect(state.kept).toHaveLength(1)
  })

  test('one at a time, however long it takes, and the end of the service ends it', async () => {
    const { state, tick, schedule, lines } = open()
    let go = () => {}
    state.hold = new Promise<void>((resolve) => {
      go = resolve
    })
    await tick()
    await tick(2 * DAY_MS)
    expect(state.made).toBe(1)
    const stopped = schedule.stop()
    go()
    await stopped
    expect(state.kept).toEqual([])
    expect(lines.filter(({ level }) => level === 'error')).toEqual([])
    await tick(DAY_MS)
    expect(state.made).toBe(1)
  })

  test('none are made when there are to be none', async () => {
    const { state, tick, schedule, figure } = open({ everyMs: 0 })
    await tick(10 * DAY_MS)
    expect(state.made).toBe(0)
    expect(schedule.state().overdue).toBe(false)
    expect(await figure('every_seconds')).toBe(0)
  })
})
