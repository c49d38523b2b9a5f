import { describe, expect, test } from '@jest/globals'
import { createLoginWatch } from '../../src/wiring/login-watch.ts'
import { logTo } from '../support/log-to.ts'
import { createManualClock } from '../support/manual-clock.ts'

const T0 = 1_760_000_000_000
const MINUTE_MS = 60_000

describe('what the log says of logins', () => {
  const open = () => {
    const clock = createManualClock(T0)
    const { log, lines } = logTo()
    const outcomes: string[] = []
    const meters = { loginEnded: (outcome: string) => outcomes.push(outcome) }
    return { ...createLoginWatch({ meters, clock, log }), clock, lines, outcomes }
  }

  test('ten thousand refusals of a minute are two lines, none of them lost, with five networks at most', async () => {
    const { watch, clock, lines, outcomes } = open()
    for (let each = 0; each < 10_000; each += 1)
      watch.refused({
        way: 'code',
        reason: each % 10 === 0 ? 'expired' : 'wrong',
        ip: `10.${each >> 8}.${each & 255}.7`,
      })
    await clock.advance(MINUTE_MS)
    expect(lines.map(({ message }) => message)).toEqual(Array(2).fill('logins were refused'))
    const counts = lines.map(({ fields }) => Object(fields).refused)
    expect(counts[0]).toEqual({ expired: 1 })
    expect(counts[1]).toEqual({ wrong: 9000, expired: 999 })
    expect(Object(lines[1]?.fields).from).toHaveLength(5)
    expect(JSON.stringify(lines)).not.toContain('.7"')
    expect(outcomes).toHaveLength(10_000)
    watch.refused({ way: 'tap', reason: 'stranger', ip: '2001:db8::1' })
    expect(lines.at(-1)).toMatchObject({ fields: { refused: { stranger: 1 }, from: ['2001:db8:0::/48'] } })
  })

  test('what was not told yet is told when the service stops', async () => {
    const { watch, clock, lines, stop } = open()
    for (let each = 0; each < 3; each += 1) watch.refused({ way: 'code', reason: 'wrong', ip: '192.0.2.1' })
    stop()
    await clock.advance(0)
    expect(lines.map(({ fields }) => Object(fields).refused)).toEqual([{ wrong: 1 }, { wrong: 2 }])
  })

  test('that codes are guessed is an error once a minute, as long as it lasts', async () => {
    const { watch, clock, lines } = open()
    for (let second = 0; second < 121; second += 1) {
      watch.guessed(200 + second)
      await clock.advance(1000)
    }
    expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual(
      Array(3).fill('error login codes are being guessed'),
    )
  })

  test('a login is one line, with as much of the address as a log may keep', () => {
    const { watch, lines, outcomes } = open()
    watch.loggedIn({ way: 'tap', userId: 'usr_1', sessionId: 'ses_1', ip: '192.0.2.77' })
    expect(lines).toMatchObject([
      {
        level: 'info',
        message: 'somebody logged in',
        fields: { userId: 'usr_1', sessionId: 'ses_1', network: '192.0.2.0/24', way: 'tap' },
      },
    ])
    expect(outcomes).toEqual(['success'])
  })
})
