import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { foldCharacter, foldText } from '../../src/words/fold.ts'

const folded = (text: string): string => String.fromCodePoint(...foldText(text))
const kindOf = (character: string) => foldCharacter(character.codePointAt(0) ?? 0).kind

describe('what counts as the same', () => {
  test.each([
    ['case', 'Word', 'wORD'],
    ['full-width forms', 'ＷＯＲＤ！', 'word!'],
    ['half-width kana', 'ｶﾝﾂｹ', 'カンツケ'],
    ['mathematical letters', '𝐰𝓸𝕣𝖉', 'word'],
    ['circled letters', 'Ⓦⓞⓡⓓ', 'word'],
    ['mathematical, circled and superscript digits', '𝟖⑨⁶４', '8964'],
    ['digits in black and double circles', '❽➒➅⓸', '8964'],
    ['digits on keys', '8️⃣9️⃣', '89'],
    ['the noughts', '0oO〇○◯Οо', 'oooooooo'],
    ['the strokes', '1lIi|ІıΙ', 'llllllll'],
    ['radicals and compatibility ideographs', '⼀樂', '一樂'],
    ['Cyrillic look-alikes', 'раураl', 'paypal'],
    ['Greek look-alikes', 'ΒΑΝΚ', 'bank'],
    ['accents written apart and together', 'e\u0301', 'é'],
    ['accents', 'dǔbó', 'dubo'],
    ['strokes laid over', '赌\u0336博\u0338', '赌博'],
    ['the sharp s', 'ẞß', 'ssss'],
    ['the sigmas', 'ΣΑΣ', 'σας'],
    ['the dotted capital i', 'İ', 'i'],
    ['ligatures and squared words', 'ﬁ㎏㍿', 'fikg株式会社'],
  ])('%s', (_, one, other) => {
    expect(folded(one)).toBe(folded(other))
  })

  test.each([
    ['white space', ' \t\r\n\u0085\u00a0\u2003\u2028\u3000\u2800'],
    ['zero-width characters', '\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e'],
    ['direction marks', '\u200e\u200f\u202a\u202e\u2066\u2069'],
    ['variation selectors and tags', '\ufe0f\u{e0101}\u{e0061}'],
    ['fillers', '\u115f\u3164\uffa0'],
    ['control characters', '\u0000\u0007\u001b\u007f'],
    ['marks without a letter', '\u0301\u0336\u20e3\ufe20'],
  ])('%s count for nothing', (_, text) => {
    expect(folded(text)).toBe('')
    expect(folded(`赌${text}博`)).toBe('赌博')
  })
})

describe('what stays apart', () => {
  test.each([
    ['か', 'が'],
    ['ก', 'กี'],
    ['и', 'n'],
    ['一', '-'],
    ['口', '○'],
    ['5', 's'],
    ['🇸🇧', 'sb'],
    ['发', '發'],
    ['，', '、'],
  ])('%s and %s', (one, other) => {
    expect(folded(one)).not.toBe(folded(other))
  })
})

test.each([
  ['a', 'letter'],
  ['９', 'letter'],
  ['é', 'letter'],
  ['ж', 'letter'],
  ['Ω', 'letter'],
  ['赌', 'sign'],
  ['|', 'sign'],
  ['〇', 'sign'],
  ['_', 'sign'],
  ['😀', 'sign'],
  ['´', 'sign'],
  ['\u3000', 'space'],
  ['\u200b', 'invisible'],
])('%j is a %s', (character, kind) => {
  expect(kindOf(character)).toBe(kind)
})

test('every code point folds to what folds to itself, and every visible one to something', () => {
  const wrong: string[] = []
  // The planes in use; the rest is unassigned or private.
  for (let code = 0; code < 0x30000; code += 1) {
    const { kind, codes } = foldCharacter(code)
    const again = codes.flatMap((each) => foldCharacter(each).codes)
    const isVisible = kind === 'letter' || kind === 'sign'
    if (again.join() !== codes.join() || isVisible !== codes.length > 0) wrong.push(code.toString(16))
  }
  expect(wrong).toEqual([])
})

test('any text folds piece by piece to the same', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (one, other) => {
      expect(foldText(one + other)).toEqual([...foldText(one), ...foldText(other)])
    }),
  )
})

test('an unpaired surrogate is a sign like any other', () => {
  expect(foldText('a\ud800b')).toEqual([0x61, 0xd800, 0x62])
})
