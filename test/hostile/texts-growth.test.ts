import { describe, expect, test } from '@jest/globals'
import { normalForm } from '../../src/base/normal-form.ts'
import { createAnswerReader } from '../../src/conversation/answer-reader.ts'
import { isCommand, wordAfter } from '../../src/conversation/command-words.ts'
import { COMMANDS } from '../../src/conversation/commands.ts'
import { readOn, restOf, UNREAD } from '../../src/conversation/read-position.ts'
import { createSecretsInText } from '../../src/conversation/secrets/secrets-in-text.ts'
import { splitText } from '../../src/conversation/split-text.ts'
import { fillTemplate, parseTemplate } from '../../src/conversation/texts/template.ts'
import { createCookies } from '../../src/http/page-api/cookies.ts'
import { deviceOf } from '../../src/identity/device-of.ts'
import { createCardKeys, looksLikeCardKey } from '../../src/quota/card-key.ts'
import { filterStream } from '../../src/words/filter-stream.ts'
import { createMatcher } from '../../src/words/matcher.ts'
import type { Word } from '../../src/words/word-list.ts'
import { expectLinear, repetitiveShapes, tooMuchTime, type Work } from '../support/growth.ts'

const RUNS = 20

const WRITTEN = [
  ...[
    'a',
    'b',
    'x',
    'A',
    '0',
    '7',
    '好',
    '人',
    '。',
    '!',
    '，',
    ',',
    '-',
    '_',
    '.',
    '/',
    '=',
    ':',
    '(',
    '"',
    '”',
  ],
  ...[
    ' ',
    '\n',
    '\n\n',
    '\t',
    '\r',
    '\u3000',
    '\u200d',
    '\u0301',
    '\u0323',
    '\u0344',
    '😀',
    '👨‍👩‍👧',
    '\ud83d',
    'ﷺ',
    'Ａ',
    '＃',
    '…',
  ],
  ...[
    'sk-',
    'key',
    'eyJ',
    'AIza',
    '卡密',
    '兑换',
    '绑定',
    'https://',
    '-----BEGIN ',
    'abc123',
    'ABCDE7',
    '{',
    '}',
    '{a}',
  ],
]

/** As large as an operator's gets, and with words that many places of a repetitive text end. */
const words = (): Word[] => {
  const act = 'mask' as const
  const many = Array.from({ length: 50_000 }, (_, index) => {
    const sign = (at: number) => String.fromCodePoint(0x4e00 + ((index * 7919 + at * 104_729) % 12_000))
    return { text: index % 10 === 0 ? `word${index}` : sign(1) + sign(2) + sign(3), act, line: index + 1 }
  })
  const nested = Array.from({ length: 40 }, (_, index) => index * 5 + 1).flatMap((length) =>
    ['a', '好', 'x7', 'b '].map((sign) => ({ text: sign.repeat(length).slice(0, 200).trim(), act, line: 1 })),
  )
  return [...many, ...nested]
}
const matcher = createMatcher(words())

async function* inPieces(text: string, length: number) {
  for (let at = 0; at < text.length; at += length)
    yield { type: 'text' as const, text: text.slice(at, at + length) }
}

const secrets = createSecretsInText(
  (key) => createCardKeys({ current: Buffer.alloc(32, 1), previous: [] }).open(key).ok,
)
const cookies = createCookies('https://bot.example')
const said = (text: string) => ({ kind: 'text', text }) as const

const WORKS: { [name: string]: Work } = {
  'finding words in a text': (text) => matcher.check(text),
  'finding words in a stream': async (text) => {
    let length = 0
    for await (const part of filterStream(inPieces(text, 3), matcher)) length += part.text.length
    return length
  },
  'splitting an answer into parts': (text) => splitText(text, 2000),
  'looking for secrets': (text) => secrets.kindIn(text),
  'looking for a command': (text) => [
    isCommand(said(text), COMMANDS.redeem),
    wordAfter(said(text), COMMANDS.redeem),
  ],
  'looking at a card key': (text) => looksLikeCardKey(text),
  'reading on in an answer': (text) => restOf(text, readOn(UNREAD, text.slice(0, text.length / 2))),
  'reading a wording': (text) => [parseTemplate(text), fillTemplate(text, { a: 'x' })],
  'reading cookies': (text) => cookies.read(text.toWellFormed(), 'session'),
  'naming a browser': (text) => deviceOf(text),
}

describe('time that is linear in whatever somebody writes', () => {
  test.each(Object.entries(WORKS))('is taken by %s', (_name, work) =>
    expectLinear(work, repetitiveShapes(WRITTEN), RUNS),
  )

  test('is taken by reading an answer that comes letter by letter, however far somebody says to have read', () =>
    expectLinear(
      (text) => {
        const reader = createAnswerReader(`${text.length - 1}-abc`)
        let told = [...reader.start()].length
        for (const letter of text) told += [...reader.add(letter)].length
        expect(told).toBeGreaterThan(0)
      },
      repetitiveShapes(WRITTEN),
      8,
    ))
})

test.each([
  ['\u0301\u0323', 'NFKC'],
  ['\u0344\u0323', 'NFC'],
] as const)(
  'marks without a letter, %j over and over, are put in order in linear time',
  async (marks, form) => {
    const textOf = (length: number) => marks.repeat(length / 2)
    expect(await tooMuchTime((text) => normalForm(text, form), textOf)).toBeUndefined()
    expect(normalForm(`e${marks}`, form)).toBe(`e${marks}`.normalize(form))
  },
)
