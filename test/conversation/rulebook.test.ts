import { describe, expect, test } from '@jest/globals'
import { isCommand, normalizeCommand, wordAfter } from '../../src/conversation/command-words.ts'
import { COMMANDS } from '../../src/conversation/commands.ts'
import type { Incoming } from '../../src/conversation/incoming.ts'
import { createRulebook, type Rule } from '../../src/conversation/rulebook.ts'

const incoming: Incoming = {
  person: { account: 'gh', openid: 'o' },
  messageKey: 'm:1',
  said: { kind: 'text', text: 'x' },
  receivedAt: 0,
  doorClosesAt: 1,
}
const says =
  (text: string): Rule<Incoming> =>
  async () => ({ kind: 'say', text })
const passes: Rule<Incoming> = async (_incoming, next) => next()

describe('the rulebook', () => {
  test('lets the first rule that answers answer', async () => {
    expect(await createRulebook([passes, says('a'), says('b')])(incoming)).toEqual({ kind: 'say', text: 'a' })
  })

  test('is silent when no rule answers', async () => {
    expect(await createRulebook<Incoming>([])(incoming)).toEqual({ kind: 'nothing' })
    expect(await createRulebook([passes])(incoming)).toEqual({ kind: 'nothing' })
  })

  test('shows the rules behind a rule what it passes on', async () => {
    const changes: Rule<Incoming> = async (seen, next) => next({ ...seen, messageKey: 'm:changed' })
    const tells: Rule<Incoming> = async ({ messageKey }) => ({ kind: 'say', text: messageKey })
    expect(await createRulebook([changes, tells])(incoming)).toEqual({ kind: 'say', text: 'm:changed' })
  })

  test('names a rule that passes on twice', async () => {
    const twice: Rule<Incoming> = async function greedy(_incoming, next) {
      await next()
      return next()
    }
    await expect(createRulebook([twice])(incoming)).rejects.toThrow('rule greedy called next() twice')
  })
})

test.each([
  [' HELP ', 'help'],
  ['ＨＥＬＰ', 'help'],
  ['帮助', '帮助'],
  ['\u3000帮助\n', '帮助'],
])('the command %j is read as %j', (text, word) => {
  expect(normalizeCommand(text)).toBe(word)
})

test.each([
  ['兑换 ABC', 'ABC'],
  ['兌換：ABC', 'ABC'],
  ['  REDEEM\u3000AbC ', 'AbC'],
  ['redeem\nａｂ ', 'ab'],
  ['兑换', undefined],
  ['兑换 ', undefined],
  ['兑换率是多少', undefined],
  ['redeemer', undefined],
  [`兑换 ${'x'.repeat(1000)}`, undefined],
])('after the command word of %j stands %j', (text, after) => {
  expect(wordAfter({ kind: 'text', text }, COMMANDS.redeem)).toBe(after)
})

test('a menu key is its command, and carries no word', () => {
  expect(isCommand({ kind: 'menu', key: 'REDEEM' }, COMMANDS.redeem)).toBe(true)
  expect(wordAfter({ kind: 'menu', key: 'REDEEM' }, { words: ['REDEEM'] })).toBeUndefined()
})
