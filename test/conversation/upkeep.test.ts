import { expect, test } from '@jest/globals'
import { createUpkeep } from '../../src/conversation/upkeep.ts'
import { logTo } from '../support/log-to.ts'
import { createManualClock } from '../support/manual-clock.ts'

test('a chore that fails keeps no other from being done, and is told of once an hour until it is done again', async () => {
  const clock = createManualClock(1_760_000_000_000)
  const { log, lines } = logTo()
  let isFull = true
  let done = 0
  const upkeep = createUpkeep(
    [
      {
        name: 'journal',
        async work() {
          if (isFull) throw new Error('no space left')
        },
      },
      {
        name: 'tidy',
        async work() {
          done += 1
        },
      },
    ],
    { clock, log },
  )
  for (let times = 0; times < 120; times += 1) {
    await upkeep()
    await clock.advance(30_000)
  }
  expect(done).toBe(120)
  expect(lines).toMatchObject([{ level: 'error', fields: { chore: 'journal' } }])
  await upkeep()
  expect(lines).toHaveLength(2)
  isFull = false
  await upkeep()
  expect(lines.at(-1)).toMatchObject({ level: 'info', message: 'a chore is done again' })
})
