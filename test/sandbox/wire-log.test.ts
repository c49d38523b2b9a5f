import { randomBytes } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { createSandboxAccount } from '../../src/sandbox/account.ts'
import { createChanges } from '../../src/sandbox/changes.ts'
import type { WireNote } from '../../src/sandbox/shown.ts'
import { createWireLog } from '../../src/sandbox/wire-log.ts'
import { createManualClock } from '../support/manual-clock.ts'

const note = (plain: string): WireNote => ({
  direction: 'to-app',
  kind: 'message',
  subject: 'text',
  what: 'a message',
  plain,
})
const MINUTE_MS = 60_000

test('what went over the wire is shown as long as KEEP_WIRE says, and 300 messages at most', async () => {
  const clock = createManualClock(1_760_000_000_000)
  const account = createSandboxAccount(randomBytes)
  const kept = createWireLog(clock, account, createChanges(), MINUTE_MS)
  const forGood = createWireLog(clock, account, createChanges())
  for (const log of [kept, forGood]) log.add(note('one'))
  await clock.advance(MINUTE_MS)
  expect(kept.entries().map(({ plain }) => plain)).toEqual(['one'])
  await clock.advance(1)
  expect(kept.entries()).toEqual([])
  expect(forGood.entries()).toHaveLength(1)
  for (let count = 0; count < 300; count += 1) forGood.add(note(`${count}`))
  expect(forGood.entries()).toHaveLength(300)
  expect(forGood.entries()[0]?.plain).toBe('0')
})
