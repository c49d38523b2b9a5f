import { describe, expect, test } from '@jest/globals'
import {
  endingNote,
  partsOfTurn,
  planAtDoor,
  planDoor,
  planPush,
} from '../../src/conversation/delivery-plan.ts'
import { PART_MAX_BYTES } from '../../src/conversation/message-sizes.ts'
import { byteLength } from '../../src/conversation/split-text.ts'
import { textsOf } from '../../src/conversation/texts.ts'
import type { Turn } from '../../src/conversation/turn.ts'

const texts = textsOf('zh-CN')
const turn = (more: Partial<Turn>): Turn => ({
  ...{
    id: 'trn_1',
    userId: 'usr_1',
    openid: 'o',
    conversationId: 'cnv_1',
    question: 'q',
    createdAt: 0,
    endedAt: 1,
  },
  ...{ status: 'answered', answer: undefined, ending: 'whole', failure: undefined, refusalCode: undefined },
  ...{ attempt: 1, stopRequested: false, onPage: false, cost: { model: 'large', price: 1, ownKey: false } },
  ...{ charged: false, shown: false },
  ...more,
})

describe('the parts of a turn', () => {
  test('are one as long as answer and label fit into a message', () => {
    const room = PART_MAX_BYTES - byteLength(`\n\n${texts.aiLabel}`)
    expect(partsOfTurn(turn({ answer: 'a'.repeat(room) }), texts, true)).toHaveLength(1)
    const [first, ...others] = partsOfTurn(turn({ answer: 'a'.repeat(room + 1) }), texts, true)
    expect(others).toHaveLength(1)
    expect(first).not.toContain(texts.aiLabel)
    expect(others[0]?.endsWith(texts.aiLabel)).toBe(true)
  })

  test.each(['cut-off', 'too-long', 'stopped'] as const)(
    'of an answer that ended %s say so below it, below an open code block as well',
    (ending) => {
      const code = `看：\n\`\`\`js\n${'const a = 1\n'.repeat(400)}`
      const note = endingNote({ ending }, texts)
      for (const answer of ['前半', code]) {
        const last = partsOfTurn(turn({ answer, ending }), texts, true).at(-1)
        expect(last?.endsWith(`\n\n${note}\n\n${texts.aiLabel}`)).toBe(true)
        expect(partsOfTurn(turn({ answer }), texts, true).join()).not.toContain(note)
      }
    },
  )

  test('leave room for the line about the rest, whatever the address', () => {
    const url = `https://${'long.'.repeat(20)}example.com/a/${'x'.repeat(60)}`
    const parts = partsOfTurn(turn({ answer: '长。'.repeat(3000) }), texts, true)
    for (const locale of ['zh-CN', 'en'] as const) {
      const line = `\n\n${textsOf(locale).rest(parts.length, url)}`
      for (const part of parts) expect(byteLength(part + line)).toBeLessThanOrEqual(2048)
    }
  })

  test('of a failed turn are an apology with its code, of a stopped one nothing', () => {
    const failed = turn({ status: 'failed', failure: 'model-failed', refusalCode: 'ABCD2345' })
    expect(partsOfTurn(failed, texts, true)).toEqual([texts.apology('ABCD2345')])
    expect(partsOfTurn(turn({ status: 'failed', failure: 'stopped' }), texts, true)).toEqual([])
  })
})

describe('a finished answer at the door', () => {
  test.each([
    [1, true, 'reply'],
    [1, false, 'reply'],
    [2, true, 'push'],
    [2, false, 'reply-first'],
  ] as const)('of %d parts, may push: %s → %s', (parts, mayPush, plan) => {
    expect(planAtDoor(parts, mayPush)).toBe(plan)
  })
})

describe('one callback', () => {
  const door = { receivedAt: 1000, doorClosesAt: 5500 }
  test.each([
    [1, true, 5500, 'success'],
    [2, true, 5500, 'success'],
    [3, true, 5500, 'success'],
    [1, false, 6500, 'hang'],
    [2, false, 6500, 'hang'],
    [3, false, 5500, 'say-more'],
    [4, false, 5500, 'say-more'],
  ] as const)(
    'attempt %d, may push: %s, waits until %d, then %s',
    (attempt, mayPush, waitUntil, otherwise) => {
      expect(planDoor({ ...door, attempt, mayPush })).toEqual({ waitUntil, otherwise })
    },
  )
})

describe('a push', () => {
  test.each([
    [3, 5, { send: 3, tellsOfRest: false }],
    [5, 5, { send: 5, tellsOfRest: false }],
    [8, 5, { send: 5, tellsOfRest: true }],
    [2, 0, { send: 0, tellsOfRest: false }],
    [0, 5, { send: 0, tellsOfRest: false }],
  ])('of %d parts with %d allowed', (parts, left, plan) => {
    expect(planPush(parts, left)).toEqual(plan)
  })
})
