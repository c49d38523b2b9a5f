import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createSecretsInText } from '../../../src/conversation/secrets/secrets-in-text.ts'

const secrets = createSecretsInText(() => false)

const DIGITS = '0123456789'
const CAPITALS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const SMALL = CAPITALS.toLowerCase()
const HEX = `${DIGITS}abcdef`
const run = (chars: string, length: number) =>
  fc.array(fc.constantFrom(...chars), { minLength: length, maxLength: length }).map((all) => all.join(''))
const BASE62 = DIGITS + CAPITALS + SMALL

/** As providers make theirs. */
const KEY = fc.oneof(
  run(BASE62, 48).map((body) => `sk-${body}`),
  run(HEX, 32).map((body) => `sk-${body}`),
  run(`${BASE62}-_`, 124).map((body) => `sk-proj-${body}`),
  run(`${BASE62}-_`, 95).map((body) => `sk-ant-api03-${body}`),
  run(HEX, 64).map((body) => `sk-or-v1-${body}`),
  run(`${BASE62}-_`, 33).map((body) => `AIzaSy${body}`),
  run(BASE62, 52).map((body) => `gsk_${body}`),
  run(HEX, 32).chain((id) => run(BASE62, 16).map((secret) => `${id}.${secret}`)),
  run(`${BASE62}-_`, 20).map((body) => `glpat-${body}`),
  run(`${CAPITALS}234567`, 16).map((body) => `AKIA${body}`),
)
const SAID = fc.constantFrom(
  (key: string) => key,
  (key: string) => `我的key是${key}`,
  (key: string) => `绑定${key}。`,
  (key: string) => `为什么${key}不能用？`,
  (key: string) => `curl -H "Authorization: Bearer ${key}"`,
)

test('a key of any provider is found, whichever characters it is made of', () => {
  fc.assert(
    // What begins with twenty x stands in the place of a key.
    fc.property(KEY, SAID, (key, said) => {
      fc.pre(!/x{6}|X{6}|([\w])\1{10}/.test(key))
      expect(secrets.kindIn(said(key))).toBe('key')
    }),
    { numRuns: 500 },
  )
})

test.each(['glpat-J000_E0000N-00-00-O0', 'glpat-a-b_c-d_E1-2_3-4_F5'])(
  'so is %s, whose pieces are as short as words',
  (key) => {
    expect(secrets.kindIn(`为什么${key}不能用？`)).toBe('key')
  },
)
