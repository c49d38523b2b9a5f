import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { type AnswerEvent, createAnswerReader } from '../../src/conversation/answer-reader.ts'
import type { TurnRecord } from '../../src/conversation/conversations.ts'

const answered = (answer: string): TurnRecord => ({
  ...{ id: 'trn_1', userId: 'usr_1', conversationId: 'cnv_1', status: 'answered', question: '?', answer },
  ...{ ending: 'whole', failure: undefined, refusalCode: undefined, model: 'm', usage: undefined },
  ...{ cost: { model: 'm', price: 1, ownKey: false }, charged: 1, shown: true, onPage: true, createdAt: 0 },
  endedAt: 1,
})
const failed: TurnRecord = { ...answered(''), status: 'failed', answer: undefined, failure: 'blocked' }

/** What somebody has on the screen who obeys every event. */
const shown = (events: readonly AnswerEvent[], before = ''): string => {
  let text = before
  for (const event of events) {
    if (event.type === 'start') text = ''
    if (event.type === 'delta') text += event.text
  }
  return text
}

describe('an answer', () => {
  test('is told with a start, its text and an end', () => {
    const reader = createAnswerReader(undefined)
    const events = [
      ...reader.start(),
      ...reader.add('你'),
      ...reader.add('好'),
      ...reader.end(answered('你好')),
    ]
    expect(events.map(({ type }) => type)).toEqual(['start', 'delta', 'delta', 'end'])
    expect(new Set(events.map(({ id }) => id)).size).toBe(4)
  })

  test('that is stored is told the same way, and once it has been read to the end not again', () => {
    const events = [...createAnswerReader(undefined).end(answered('你好'))]
    expect(events.map(({ type }) => type)).toEqual(['start', 'delta', 'end'])
    expect([...createAnswerReader(events.at(-1)?.id).end(answered('你好'))]).toEqual([])
  })

  test('is resumed from any place, from the feed or from the database, without loss or repeat', () => {
    const pieces = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }), { minLength: 1 })
    fc.assert(
      fc.property(pieces, fc.nat(), fc.string(), fc.boolean(), (first, cut, tail, isStored) => {
        const all = first.join('')
        const reader = createAnswerReader(undefined)
        const told = [...reader.start(), ...first.flatMap((piece) => [...reader.add(piece)])]
        const at = told[cut % told.length]
        const before = shown(told.slice(0, (cut % told.length) + 1))
        const resumed = createAnswerReader(at?.id)
        // Another attempt may cut the same text in other pieces.
        const half = Math.floor(all.length / 2)
        const again = isStored
          ? []
          : [all.slice(0, half), all.slice(half)].flatMap((piece) => [...resumed.add(piece)])
        const events = [...again, ...resumed.end(answered(all + tail))]
        expect(events.filter(({ type }) => type === 'start')).toEqual([])
        expect(shown(events, before)).toBe(all + tail)
      }),
    )
  })

  test('of another attempt begins anew where it differs, and goes on where it does not', () => {
    const reader = createAnswerReader(undefined)
    const first = [...reader.start(), ...reader.add('今天天气')]
    const same = [...reader.start(), ...reader.add('今天'), ...reader.add('天气很好')]
    expect(same).toEqual([expect.objectContaining({ type: 'delta', text: '很好' })])
    const other = [...reader.start(), ...reader.add('明天'), ...reader.add('的天气也好')]
    expect(other.map(({ type }) => type)).toEqual(['start', 'delta'])
    const end = [...reader.end(answered('明天的天气也好吗'))]
    expect(shown([...first, ...same, ...other, ...end])).toBe('明天的天气也好吗')
  })

  test('of which the feed lost a piece is set right by what is stored', () => {
    const reader = createAnswerReader(undefined)
    const events = [
      ...reader.start(),
      ...reader.add('一'),
      ...reader.add('三'),
      ...reader.end(answered('一二三')),
    ]
    expect(shown(events)).toBe('一二三')
  })

  test('that failed leaves nothing of what was shown', () => {
    const reader = createAnswerReader(undefined)
    const events = [...reader.start(), ...reader.add('坏'), ...reader.end(failed)]
    expect(events.map(({ type }) => type)).toEqual(['start', 'delta', 'start', 'end'])
    expect([...createAnswerReader(undefined).end(undefined)]).toEqual([
      { id: expect.any(String), type: 'end', turn: undefined },
    ])
  })

  test.each(['', 'x', '1', '1-', '-1', '1-zz', '99999999999-1', '3-1-end ', '1e3-1', 'db-1'])(
    'is told from the beginning to whoever comes with %j',
    (id) => {
      expect(shown([...createAnswerReader(id).end(answered('好'))], '')).toBe('好')
    },
  )
})
