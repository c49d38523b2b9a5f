import { createHash } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  type CardFacts,
  createCardKeys,
  formatCardKey,
  isRedeemableOn,
  looksLikeCardKey,
  normalizeCardKey,
} from '../../src/quota/card-key.ts'
import { runs } from '../support/runs.ts'

/** One takes some 40 µs under jest: five million are for `npm run soak`. */
const TRIES = runs(50_000, 250_000)

type Facts = Omit<CardFacts, 'keyVersion'>

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const OLD = Buffer.alloc(32, 1)
const NEW = Buffer.alloc(32, 2)
const keysOf = (current: Buffer, ...previous: Buffer[]) => createCardKeys({ current, previous })

const FACTS: Facts = { batch: 7, serial: 42, calls: 100, days: 30, redeemBy: '2026-12-31' }
const SMALLEST: Facts = { batch: 0, serial: 0, calls: 1, days: undefined, redeemBy: undefined }
const LARGEST: Facts = {
  batch: 4_294_967_295,
  serial: 1_048_575,
  calls: 16_777_215,
  days: 32_767,
  redeemBy: '2328-11-11',
}

const DAY_MS = 86_400_000
const anyFacts: fc.Arbitrary<Facts> = fc.record({
  batch: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  serial: fc.integer({ min: 0, max: 2 ** 20 - 1 }),
  calls: fc.integer({ min: 1, max: 2 ** 24 - 1 }),
  days: fc.option(fc.integer({ min: 1, max: 2 ** 15 - 1 }), { nil: undefined }),
  redeemBy: fc.option(
    fc.integer({ min: 1, max: 2 ** 17 - 1 }).map((day) => new Date(day * DAY_MS).toISOString().slice(0, 10)),
    { nil: undefined },
  ),
})

/** Every time the same ones, 48 characters each. */
function* randomKeys(count: number): Generator<string> {
  for (let made = 0, block = 0; made < count; block += 1) {
    const bytes = createHash('shake256', { outputLength: 48_000 }).update(`keys ${block}`).digest()
    for (let at = 0; at < bytes.length && made < count; at += 48, made += 1) {
      let key = ''
      for (let i = 0; i < 48; i += 1) key += ALPHABET[(bytes[at + i] ?? 0) & 31]
      yield key
    }
  }
}

describe('a card key', () => {
  const { seal, open } = keysOf(OLD)
  const key = seal(FACTS)

  test('is eight groups of six', () => {
    expect(key).toMatch(/^([0-9A-HJKMNP-TV-Z]{6}-){7}[0-9A-HJKMNP-TV-Z]{6}$/)
  })

  test('says all that the card is', () => {
    for (const facts of [FACTS, SMALLEST, LARGEST])
      expect(open(seal(facts))).toEqual({ ok: true, card: { ...facts, keyVersion: 'current' } })
  })

  test('says so whatever the card is', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        expect(open(seal(facts))).toEqual({ ok: true, card: { ...facts, keyVersion: 'current' } })
      }),
      { numRuns: 1000 },
    )
  })

  test('is always the same for the same card, and another for any other', () => {
    expect(keysOf(OLD).seal({ ...FACTS })).toBe(key)
    const others: Partial<Facts>[] = [
      { batch: 8 },
      { serial: 43 },
      { calls: 101 },
      { days: 31 },
      { days: undefined },
      { redeemBy: '2027-01-01' },
      { redeemBy: undefined },
    ]
    const keys = [key, ...others.map((other) => seal({ ...FACTS, ...other })), keysOf(NEW).seal(FACTS)]
    for (const part of [0, 3, 7])
      expect(new Set(keys.map((each) => each.split('-')[part])).size).toBe(keys.length)
  })

  test('stays what it is: printed cards outlive a release', () => {
    expect(key).toBe('E3AJMH-C01S3N-7TW3XK-4R15JV-TXWYGJ-2P4JQS-G0CJ3K-8GTX44')
  })

  test.each<[string, Partial<Facts>]>([
    ['batch', { batch: -1 }],
    ['batch', { batch: 2 ** 32 }],
    ['serial', { serial: -1 }],
    ['serial', { serial: 2 ** 20 }],
    ['calls', { calls: 0 }],
    ['calls', { calls: 2 ** 24 }],
    ['calls', { calls: 1.5 }],
    ['calls', { calls: Number.NaN }],
    ['days', { days: 0 }],
    ['days', { days: 2 ** 15 }],
    ['days', { days: Number.POSITIVE_INFINITY }],
    ['redeemBy', { redeemBy: '1970-01-01' }],
    ['redeemBy', { redeemBy: '1969-12-31' }],
    ['redeemBy', { redeemBy: '2328-11-12' }],
    ['a date', { redeemBy: '2027-02-29' }],
    ['a date', { redeemBy: '2026-13-01' }],
    ['a date', { redeemBy: '2026-1-1' }],
    ['a date', { redeemBy: '+275760-09-13' }],
    ['a date', { redeemBy: 'tomorrow' }],
    ['a date', { redeemBy: '' }],
  ])('is not made with %s out of range: %j', (name, wrong) => {
    expect(() => seal({ ...FACTS, ...wrong })).toThrow(RangeError)
    expect(() => seal({ ...FACTS, ...wrong })).toThrow(new RegExp(`^${name}`))
  })
})

describe('a typed card key', () => {
  const { seal, open } = keysOf(OLD)
  // A key with both of the digits that are mistaken for letters.
  const facts = Array.from({ length: 99 }, (_, serial) => ({ ...FACTS, serial })).find(({ serial }) =>
    /0.*1|1.*0/.test(seal({ ...FACTS, serial })),
  )
  if (facts === undefined) throw new Error('no key with 0 and 1')
  const key = seal(facts)
  const fullWidth = (text: string) =>
    text.replace(/[!-~]/g, (char) => String.fromCodePoint((char.codePointAt(0) ?? 0) + 0xfee0))

  test.each<[string, string]>([
    ['in lower case', key.toLowerCase()],
    ['in mixed case', key.replace(/[A-F]/g, (char) => char.toLowerCase())],
    ['in full-width forms', fullWidth(key)],
    ['in full-width lower case with full-width spaces', fullWidth(key.toLowerCase()).replaceAll('－', '　')],
    ['without hyphens', key.replaceAll('-', '')],
    ['with spaces for hyphens', key.replaceAll('-', ' ')],
    ['with a space after every character', [...key.replaceAll('-', '')].join(' ')],
    ['on several lines', `\r\n ${key.replaceAll('-', '-\r\n\t')} \n`],
    ['with dashes of many kinds', [...'‐‑‒–—―−'].reduce((text, dash) => text.replace('-', dash), key)],
    ['with dots and underscores', [...'._·・。＿．'].reduce((text, dot) => text.replace('-', dot), key)],
    ['with what is not seen', `\uFEFF${key.replaceAll('-', '\u00AD\u200B\u2060\u200E')}\uFE0F\0`],
    ['with the letter O for 0', key.replaceAll('0', 'O')],
    ['with a small o for 0', key.replaceAll('0', 'o')],
    ['with I for 1', key.replaceAll('1', 'I')],
    ['with i for 1', key.replaceAll('1', 'i')],
    ['with L for 1', key.replaceAll('1', 'L')],
    ['with l for 1', key.replaceAll('1', 'l')],
    ['with full-width Ｏ and ｌ', key.replaceAll('0', 'Ｏ').replaceAll('1', 'ｌ')],
    ['with a full stop after it', `${key}。`],
  ])('opens %s', (_, typed) => {
    expect(open(typed)).toEqual({ ok: true, card: { ...facts, keyVersion: 'current' } })
    expect(normalizeCardKey(typed)).toBe(key.replaceAll('-', ''))
    expect(formatCardKey(normalizeCardKey(typed) ?? '')).toBe(key)
    expect(looksLikeCardKey(typed)).toBe(true)
  })

  test('is malformed with a character too many, too few or outside of the alphabet', () => {
    for (const typed of [key.slice(1), key.slice(0, -1), `${key}0`, `U${key.slice(1)}`, `Ж${key.slice(1)}`])
      expect(open(typed)).toEqual({ ok: false, reason: 'malformed' })
  })

  test.each<[string, string]>([
    ['nothing', ''],
    ['a space', ' '],
    ['hyphens alone', '-'.repeat(48)],
    ['a megabyte of a key', key.repeat(20_000)],
    ['a megabyte of spaces around a key', ' '.repeat(500_000) + key + ' '.repeat(500_000)],
    ['a megabyte that normalisation makes longer', '\uFDFA'.repeat(1_000_000)],
    ['a key with more spaces than anybody types', key.replaceAll('-', ' '.repeat(30))],
    ['lone surrogates', '\uD800'.repeat(48)],
    ['a lone surrogate within', `${key.slice(0, 20)}\uDC00${key.slice(21)}`],
    ['emoji', '😀'.repeat(48)],
    ['NUL', '\0'.repeat(48)],
    ['combining marks', `A${'\u0301'.repeat(47)}`],
    ['digits of another script', '٣'.repeat(48)],
    ['the name of something every object has', '__proto__'],
  ])('that is %s is malformed', (_, typed) => {
    const startedAt = performance.now()
    expect(open(typed)).toEqual({ ok: false, reason: 'malformed' })
    expect(looksLikeCardKey(typed)).toBe(false)
    expect(performance.now() - startedAt).toBeLessThan(5000)
  })

  test('that is anything at all is refused, not thrown at', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme', minLength: 40, maxLength: 60 }),
      fc.string({ unit: fc.constantFrom(...ALPHABET, '-', ' ', 'o', 'Ｕ', '\uD800'), maxLength: 60 }),
    )
    fc.assert(fc.property(texts, (typed) => !open(typed).ok))
  })
})

describe('a chat message', () => {
  test.each([
    ['has 48 letters', 'Can I bake the bread after I mix the milk and the yeast or later'],
    ['is a question', '请问 2026 年的高考是哪一天？'],
    ['is a long number', '3.14159265358979'],
    ['is a command with a key', `redeem ${keysOf(OLD).seal(FACTS)}`],
  ])('that %s does not look like a card key', (_, text) => {
    expect(looksLikeCardKey(text)).toBe(false)
  })
})

describe('a forged card key', () => {
  const { seal, open } = keysOf(OLD)

  test('is refused whichever one character of a genuine key is changed', () => {
    const both = keysOf(NEW, OLD)
    for (const printed of [both.seal(LARGEST), seal(FACTS)]) {
      const genuine = normalizeCardKey(printed) ?? ''
      expect(both.open(genuine).ok).toBe(true)
      const reasons = [...genuine].flatMap((char, at) =>
        [...ALPHABET]
          .filter((other) => other !== char)
          .map((other) => {
            const opened = both.open(genuine.slice(0, at) + other + genuine.slice(at + 1))
            return opened.ok ? 'opened' : opened.reason
          }),
      )
      expect(reasons).toHaveLength(48 * 31)
      expect(new Set(reasons)).toEqual(new Set(['forged']))
    }
  })

  test('is refused when two characters change places', () => {
    const genuine = normalizeCardKey(seal(FACTS)) ?? ''
    for (let at = 0; at + 1 < genuine.length; at += 1) {
      const [one = '', other = ''] = genuine.slice(at, at + 2)
      if (one === other) continue
      const swapped = genuine.slice(0, at) + other + one + genuine.slice(at + 2)
      expect(open(swapped)).toEqual({ ok: false, reason: 'forged' })
    }
  })

  test(
    'is refused, however many are tried',
    () => {
      let forged = 0
      for (const key of randomKeys(TRIES)) {
        const opened = open(key)
        if (!opened.ok && opened.reason === 'forged') forged += 1
      }
      expect(forged).toBe(TRIES)
    },
    20_000 + TRIES / 5,
  )
})

describe('the app secret', () => {
  test('that was replaced still opens its cards, and says so', () => {
    const printed = keysOf(OLD).seal(FACTS)
    expect(keysOf(NEW, OLD).open(printed)).toEqual({ ok: true, card: { ...FACTS, keyVersion: 'previous' } })
    expect(keysOf(Buffer.alloc(32, 3), NEW, OLD).open(printed)).toEqual(keysOf(NEW, OLD).open(printed))
    expect(keysOf(NEW, OLD).seal(FACTS)).toBe(keysOf(NEW).seal(FACTS))
  })

  test('of somebody else opens none', () => {
    const printed = keysOf(OLD).seal(FACTS)
    expect(keysOf(NEW).open(printed)).toEqual({ ok: false, reason: 'forged' })
    expect(keysOf(NEW, Buffer.alloc(32, 3)).open(printed)).toEqual({ ok: false, reason: 'forged' })
  })
})

describe('a card', () => {
  test('is taken until the midnight in Shanghai after its last day', () => {
    const midnight = Date.parse('2027-01-01T00:00:00+08:00')
    expect(isRedeemableOn({ redeemBy: '2026-12-31' }, midnight - 1)).toBe(true)
    expect(isRedeemableOn({ redeemBy: '2026-12-31' }, midnight)).toBe(false)
    expect(isRedeemableOn({ redeemBy: '2027-01-01' }, midnight)).toBe(true)
  })

  test('without a last day is always taken', () => {
    expect(isRedeemableOn({ redeemBy: undefined }, Date.parse('2400-01-01'))).toBe(true)
  })
})
