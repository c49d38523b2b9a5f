import { randomBytes } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createOwnKeySeal, readOwnKey } from '../../src/identity/own-key.ts'

const OLD = Buffer.alloc(32, 1)
const NEW = Buffer.alloc(32, 2)
const THIRD = Buffer.alloc(32, 3)
const sealOf = (current: Buffer, ...previous: Buffer[]) =>
  createOwnKeySeal({ current, previous }, randomBytes)

const KEY = 'sk-proj-Zq8vN3xYw1LbTg7KfRm2'
const PLACE = { userId: 'usr_01m83szj2m9rzgtz6qcbnv6a84', channel: 'openai-main' }

describe('a sealed own key', () => {
  const { seal, open } = sealOf(OLD)
  const kept = seal({ ...PLACE, key: KEY })

  test('opens for its user and channel', () => {
    expect(open({ ...PLACE, ...kept })).toBe(KEY)
  })

  test('opens whatever key was read', () => {
    const keys = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    })
    fc.assert(fc.property(keys, (key) => open({ ...PLACE, ...seal({ ...PLACE, key }) }) === key))
  })

  test('shows nothing of the key but its tail', () => {
    const shown = `${JSON.stringify(kept)} ${Buffer.from(kept.sealed, 'base64url').toString('latin1')}`
    for (let at = 0; at + 5 <= KEY.length; at += 1) expect(shown).not.toContain(KEY.slice(at, at + 5))
    expect(shown).not.toContain(Buffer.from(KEY).toString('base64url').slice(0, 8))
    expect(kept.tail).toBe('fRm2')
    expect(kept.sealed).toHaveLength(Math.ceil(((12 + KEY.length + 16) * 4) / 3))
  })

  test('shows no tail when the key is short', () => {
    expect(seal({ ...PLACE, key: '12345678901' }).tail).toBe('****')
    expect(seal({ ...PLACE, key: '123456789012' }).tail).toBe('9012')
  })

  test('is never the same twice', () => {
    const many = Array.from({ length: 100 }, () => seal({ ...PLACE, key: KEY }).sealed)
    expect(new Set(many.map((sealed) => sealed.slice(0, 16))).size).toBe(100)
    expect(new Set(many.map((sealed) => sealed.slice(16))).size).toBe(100)
  })

  test('stays what it is: kept keys outlive a release', () => {
    const fixed = createOwnKeySeal({ current: OLD, previous: [] }, (size) => Buffer.alloc(size, 9))
    expect(fixed.seal({ ...PLACE, key: KEY })).toEqual({
      sealed: 'CQkJCQkJCQkJCQkJrNnc4YEal85iBVB1oI09ngOQkT0rLf7bxnxcUSR10Jkgy91tcnHuGBX8Erg',
      keyVersion: '4938f702',
      tail: 'fRm2',
    })
  })

  test('stays shut for another user or channel', () => {
    expect(open({ ...PLACE, ...kept, userId: 'usr_01m83szj2m9rzgtz6qcbnv6a85' })).toBeUndefined()
    expect(open({ ...PLACE, ...kept, channel: 'openai-main2' })).toBeUndefined()
    expect(open({ ...PLACE, ...kept, channel: '' })).toBeUndefined()
  })

  test('stays shut with any one character changed, added or missing', () => {
    const { sealed } = kept
    for (let at = 0; at < sealed.length; at += 1) {
      for (const char of ['A', 'z', '_', '=', ' ', '\n', '中']) {
        if (char === sealed[at]) continue
        expect(
          open({ ...PLACE, ...kept, sealed: sealed.slice(0, at) + char + sealed.slice(at + 1) }),
        ).toBeUndefined()
      }
      expect(open({ ...PLACE, ...kept, sealed: sealed.slice(0, at) + sealed.slice(at + 1) })).toBeUndefined()
      expect(
        open({ ...PLACE, ...kept, sealed: `${sealed.slice(0, at)}A${sealed.slice(at)}` }),
      ).toBeUndefined()
    }
  })

  test('opens after its secret was replaced, not after it is gone', () => {
    const rotated = sealOf(NEW, OLD)
    expect(rotated.open({ ...PLACE, ...kept })).toBe(KEY)
    expect(sealOf(NEW).open({ ...PLACE, ...kept })).toBeUndefined()
    expect(sealOf(NEW, THIRD).open({ ...PLACE, ...kept })).toBeUndefined()
    const anew = rotated.seal({ ...PLACE, key: KEY })
    expect(anew.keyVersion).not.toBe(kept.keyVersion)
    expect(sealOf(NEW).open({ ...PLACE, ...anew })).toBe(KEY)
  })

  test('stays shut under the name of another secret', () => {
    const rotated = sealOf(NEW, OLD)
    const { keyVersion } = rotated.seal({ ...PLACE, key: KEY })
    expect(rotated.open({ ...PLACE, ...kept, keyVersion })).toBeUndefined()
  })

  test('names its secret by eight digits', () => {
    expect(kept.keyVersion).toMatch(/^[0-9a-f]{8}$/)
    expect(seal({ ...PLACE, key: 'another-key' }).keyVersion).toBe(kept.keyVersion)
  })

  test('that is anything at all stays shut, and nothing is thrown', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
        ),
        fc.oneof(fc.constant(kept.keyVersion), fc.string({ unit: 'binary' })),
        (sealed, keyVersion) => open({ ...PLACE, sealed, keyVersion }) === undefined,
      ),
      { numRuns: 500 },
    )
  })
})

describe('a typed own key', () => {
  test.each([
    ['as it is', KEY],
    ['with space around it', ` \t${KEY}\r\n　`],
    ['of 8 characters', '12345678'],
    ['of 512 characters', 'k'.repeat(512)],
    ['of every sign there is', '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'],
  ])('is read %s', (_, typed) => {
    expect(readOwnKey(typed)).toEqual({ ok: true, key: typed.trim() })
  })

  test.each([
    ['empty', ''],
    ['a space', '   '],
    ['too short', '1234567'],
    ['too long', 'k'.repeat(513)],
    ['a megabyte', 'k'.repeat(1_000_000)],
    ['a megabyte of spaces', `${' '.repeat(1_000_000)}中`],
    ['two words', 'sk-proj Zq8vN3xYw1Lb'],
    ['two lines', 'sk-proj-Zq8v\nN3xYw1Lb'],
    ['in full-width forms', 'ｓｋ－１２３４５６７８'],
    ['Chinese', '我的密钥是什么呢请问'],
    ['with a NUL', 'sk-12345678\0'],
    ['with a DEL', 'sk-12345678\x7f'],
    ['with a space that is not seen', 'sk-1234\u200B5678'],
    ['lone surrogates', '\uD800'.repeat(20)],
    ['emoji', '😀'.repeat(20)],
  ])('that is %s is refused', (_, typed) => {
    expect(readOwnKey(typed)).toEqual({ ok: false })
  })

  test('of any kind is read or refused, and what is read fits a header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (typed) => {
        const read = readOwnKey(typed)
        if (read.ok)
          expect(new Headers({ authorization: `Bearer ${read.key}` }).get('authorization')).toBe(
            `Bearer ${read.key}`,
          )
      }),
    )
  })
})
