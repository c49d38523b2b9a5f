import { afterEach, describe, expect, test } from '@jest/globals'
import { speak } from '../../src/base/say.ts'
import { readDatabaseAddress, redisProblem } from '../../src/base/store-address.ts'
import { readWording } from '../../src/conversation/texts/wording-file.ts'
import { readChannels } from '../../src/llm/channel-file.ts'
import { readAllowlist } from '../../src/words/allowlist.ts'
import { readWordList } from '../../src/words/word-list.ts'
import { foreign, hasChinese } from '../support/languages.ts'

const CHANNELS = [
  '',
  'channels: [',
  'a: 1\na: 2',
  'x: *nothing',
  '---\na: 1\n---\nb: 2',
  'chanels: 1\nchannels: []',
  'channels: [{ code: A }]',
  'channels: [{ code: a, models: { m: { prise: 3 } } }]',
  'channels: [{ code: a, vision: 1, nonsense: 2, models: {} }, { code: a }]',
  `channels: [{ code: a, apiKeys: ["\${KEY}", "x y", "\${}"], models: { m: { price: -1, body: { model: x } } } }]`,
  `${'a: {'.repeat(40)}1${'}'.repeat(40)}`,
]

const TEXTS = [
  'greting: hello',
  'greeting: hello: you',
  'greeting:',
  'greeting: "{nobody} {tap:x"',
  'greeting: 1\ngreeting: 2',
  'onlyText: x',
  'rest: nothing',
  'rest: "{part}"',
  `greeting: ${'长'.repeat(600)}`,
  '- a list',
  'a: {b: {c: {d: {e: {f: {g: {h: {i: {j: 1}}}}}}}}}',
]

/** What is said of each kind of mistake in the operator's files and addresses. */
const problems = (): string[] => {
  const channels = CHANNELS.map((text) => readChannels(text, {}))
  const texts = TEXTS.map((text) => readWording(text, 'zh-CN'))
  const lists = [
    readWordList(Buffer.from('x'.repeat(300))),
    readWordList(Buffer.from([0x61, 0x0a, 0xff])),
    readWordList(Buffer.from('a\0b')),
    readWordList(Buffer.from('x\n'.repeat(200_001))),
  ]
  const notes = [readWordList(Buffer.from('mask:')), readAllowlist(Buffer.from('who is this?'))]
  const addresses = [
    'mysql://u:p%@h/d',
    'mysql://u:p/x',
    'mysql://h/d#x',
    'mysql://h',
    'mysql://h/d?sll=1',
    'mysql://h/d?ssl-mode=maybe',
    'mysql://h/d?ssl-mode=off&ssl-ca=x',
    'mysql://h/d?ssl-cert=x',
    'mysql://1.2.3.4/d?ssl-mode=verify-identity',
    'sqlite::memory:',
    'sqlite:x?y=1',
  ].map((address) => readDatabaseAddress(address))
  return [
    ...[...channels, ...texts, ...lists].flatMap((read) => (read.ok ? ['fine'] : read.problems)),
    ...notes.flatMap((read) => (read.ok ? (read.notes ?? []) : ['refused'])),
    ...addresses.map((read) => (read.ok ? 'fine' : read.problem)),
    ...['redis://h/x', 'redis://h?a=1', 'redis://h#x'].map((address) => redisProblem(address) ?? 'fine'),
  ]
}

describe('what is wrong with a file or an address', () => {
  afterEach(() => speak('en'))

  test('is told in Chinese where the operator is spoken to in Chinese', () => {
    const inEnglish = problems()
    expect(inEnglish.filter((problem) => foreign('en', problem).length > 0)).toEqual([])
    expect(inEnglish).not.toContain('fine')
    speak('zh')
    const inChinese = problems()
    expect(inChinese).toHaveLength(inEnglish.length)
    expect(inChinese.filter((each) => !hasChinese(each) || foreign('zh', each).length > 0)).toEqual([])
  })
})
