import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createIds } from '../../src/base/ids.ts'
import { createAnswerLinks } from '../../src/conversation/answer-links.ts'

const DAY_MS = 86_400_000
const NOON = Date.parse('2026-11-23T12:00:00+08:00')
const OLD = Buffer.alloc(32, 1)
const NEW = Buffer.alloc(32, 2)
const TURN = 'trn_01m83szj2m9rzgtz6qcbnv6a84'

const make = (nowMs = NOON, current = OLD, ...previous: Buffer[]) => {
  const clock = { at: nowMs, now: () => clock.at }
  const links = createAnswerLinks({
    secrets: { current, previous },
    publicUrl: 'https://bot.example.com',
    clock,
  })
  const tokenFor = (turnId: string) => links.urlFor(turnId).slice('https://bot.example.com/a/'.length)
  return { ...links, tokenFor, clock }
}

describe('answer links', () => {
  test('open the turn they were made for', () => {
    const { urlFor, open, tokenFor } = make()
    expect(urlFor(TURN)).toMatch(/^https:\/\/bot\.example\.com\/a\/[\w-]{60}$/)
    expect(open(tokenFor(TURN))?.turnId).toBe(TURN)
  })

  test('open any turn, each by a link of its own', () => {
    const { open, tokenFor } = make()
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 47 }), (ms) => {
        const id = createIds(() => ms).next('trn')
        expect(open(tokenFor(id))?.turnId).toBe(id)
      }),
    )
  })

  test('are the same all day long in Shanghai', () => {
    const at = (time: string) => make(Date.parse(`2026-11-${time}+08:00`)).tokenFor(TURN)
    expect(at('23T00:00:00.000')).toBe(at('23T23:59:59.999'))
    expect(at('24T00:00:00.000')).not.toBe(at('23T23:59:59.999'))
    expect(at('22T23:59:59.999')).not.toBe(at('23T00:00:00.000'))
  })

  test('end with the seventh day after, to the millisecond', () => {
    const { open, tokenFor, clock } = make()
    const token = tokenFor(TURN)
    const end = Date.parse('2026-12-01T00:00:00+08:00')
    expect(open(token)?.expiresAt).toBe(end)
    clock.at = end - 1
    expect(open(token)?.turnId).toBe(TURN)
    clock.at = end
    expect(open(token)).toBeUndefined()
  })

  test('live as many days as asked', () => {
    const links = createAnswerLinks({
      secrets: { current: OLD, previous: [] },
      publicUrl: '',
      clock: { now: () => NOON },
      days: 1,
    })
    const expiresAt = links.open(links.urlFor(TURN).slice('/a/'.length))?.expiresAt ?? 0
    expect(expiresAt - NOON).toBe(1.5 * DAY_MS)
  })

  test('open with the previous secret and no other', () => {
    const token = make(NOON, OLD).tokenFor(TURN)
    expect(make(NOON, NEW, OLD).open(token)?.turnId).toBe(TURN)
    expect(make(NOON, Buffer.alloc(32, 3), NEW, OLD).open(token)?.turnId).toBe(TURN)
    expect(make(NOON, NEW).open(token)).toBeUndefined()
    expect(make(NOON, NEW, OLD).tokenFor(TURN)).toBe(make(NOON, NEW).tokenFor(TURN))
  })

  test('are refused with any one character changed', () => {
    const { open, tokenFor } = make()
    const token = tokenFor(TURN)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=.% \n中'
    for (let at = 0; at < token.length; at += 1) {
      for (const char of alphabet) {
        if (char === token[at]) continue
        expect(open(token.slice(0, at) + char + token.slice(at + 1))).toBeUndefined()
      }
    }
  })

  test('are refused with a character more or less', () => {
    const { open, tokenFor } = make()
    const token = tokenFor(TURN)
    for (let at = 0; at <= token.length; at += 1) {
      expect(
        open(token.slice(0, at) + token.slice(at + 1) + (at === token.length ? 'A' : '')),
      ).toBeUndefined()
      expect(open(`${token.slice(0, at)}A${token.slice(at)}`)).toBeUndefined()
    }
  })

  test('are refused, never thrown at, when they are anything else', () => {
    const { open } = make()
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.base64String(),
          fc
            .uint8Array({ minLength: 45, maxLength: 45 })
            .map((bytes) => Buffer.from(bytes).toString('base64url')),
        ),
        (token) => open(token) === undefined,
      ),
    )
  })

  test('are made of turns alone', () => {
    const { urlFor } = make()
    for (const id of ['', 'trn_', 'usr_01m83szj2m9rzgtz6qcbnv6a84', `${TURN}0`, TURN.toUpperCase()]) {
      expect(() => urlFor(id)).toThrow(TypeError)
    }
  })
})
