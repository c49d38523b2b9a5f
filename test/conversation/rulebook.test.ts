import { describe, expect, test } from '@jest/globals'
import { normalizeCommand } from '../../src/conversation/command-words.ts'
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
  (text: string): Rule =>
  async () => ({ kind: 'say', text })
const passes: Rule = async (_incoming, next) => next()

describe('the rulebook', () => {
  test('lets the first rule that answers answer', async () => {
    expect(await createRulebook([passes, says('a'), says('b')])(incoming)).toEqual({ kind: 'say', text: 'a' })
  })

  test('is silent when no rule answers', async () => {
    expect(await createRulebook([])(incoming)).toEqual({ kind: 'nothing' })
    expect(await createRulebook([passes])(incoming)).toEqual({ kind: 'nothing' })
  })

  test('names a rule that passes on twice', async () => {
    const twice: Rule = async function greedy(_incoming, next) {
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
