import { expect, test } from '@jest/globals'
import { silentLog } from '../../src/base/log.ts'
import type { TurnHead } from '../../src/conversation/conversations.ts'
import { createUntilOver } from '../../src/conversation/until-over.ts'
import { createManualClock } from '../support/manual-clock.ts'

const open = () => {
  const clock = createManualClock(0)
  const asked: string[] = []
  let status: TurnHead['status'] = 'answering'
  const head = (id: string): TurnHead => ({ ...Object({ id, userId: 'usr_1' }), status })
  const conversations = {
    async findTurn(_userId: string, id: string) {
      asked.push(id)
      return head(id)
    },
  }
  return {
    clock,
    asked,
    head,
    end: () => {
      status = 'answered'
    },
    untilOver: createUntilOver({ conversations: Object(conversations), clock, log: silentLog }),
  }
}

test('many readers of one answer have the database asked once, and all hear of its end', async () => {
  const { clock, asked, head, end, untilOver } = open()
  const never = new AbortController().signal
  const readers = Array.from({ length: 50 }, () => untilOver(head('trn_1'), never))
  const other = untilOver(head('trn_2'), never)
  await clock.advance(5000)
  expect(asked.toSorted()).toEqual(['trn_1', 'trn_2'])
  end()
  await clock.advance(5000)
  await Promise.all([...readers, other])
  expect(asked).toHaveLength(4)
  await clock.advance(60_000)
  expect(asked).toHaveLength(4)
})

test('a reader who leaves ends nothing for the others, and the last one ends the asking', async () => {
  const { clock, asked, head, untilOver } = open()
  const [one, two] = [new AbortController(), new AbortController()]
  const first = untilOver(head('trn_1'), one.signal)
  const second = untilOver(head('trn_1'), two.signal)
  one.abort()
  await first
  await clock.advance(5000)
  expect(asked).toHaveLength(1)
  two.abort()
  await second
  await clock.advance(60_000)
  expect(asked).toHaveLength(1)
  expect(clock.sleeping()).toBe(0)
  // Whoever comes later looks again.
  const third = untilOver(head('trn_1'), new AbortController().signal)
  await clock.advance(5000)
  expect(asked).toHaveLength(2)
  void third
})
