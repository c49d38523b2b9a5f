import { seenAs } from './look-alikes.ts'

/**
 * One character of a text as the matcher sees it. `codes` are the code points it counts as: mostly one, several for
 * signs such as ㎏, none for what is skipped.
 *
 * `letter` is what words are spelled with: a Latin letter or a digit, or a Greek or Cyrillic letter, which may pass for one.
 * `space` and `invisible` are skipped, and only a space ends a word.
 */
export type FoldedCharacter = {
  kind: 'letter' | 'sign' | 'space' | 'invisible'
  codes: readonly number[]
}

/**
 * The character without what is used to write a word differently: compatibility forms (NFKC), case, accents and strokes
 * laid over it, look-alikes. Every visible character leaves at least one code point.
 */
export const foldCharacter = (codePoint: number): FoldedCharacter => {
  const known = folded[codePoint]
  if (known) return known
  const fresh = foldFresh(String.fromCodePoint(codePoint))
  if (codePoint < folded.length) folded[codePoint] = fresh
  return fresh
}

/** The code points a whole text counts as. */
export const foldText = (text: string): number[] => {
  const codes: number[] = []
  for (const character of text) codes.push(...foldCharacter(character.codePointAt(0) ?? 0).codes)
  return codes
}

/** What has been folded before. The planes beyond the first are rare, and too large to remember for anybody who asks. */
const folded = new Array<FoldedCharacter | undefined>(0x10000)

const SPACE: FoldedCharacter = { kind: 'space', codes: [] }
const INVISIBLE: FoldedCharacter = { kind: 'invisible', codes: [] }

// U+2800 is the Braille pattern of no dots.
const space = /[\p{White_Space}\u2800]/u
// Variation selectors, zero-width and filler characters are default-ignorable. The blocks are those of the marks that
// any letter can be overlaid with; marks of a script of its own (Thai vowels, Japanese voicing) are part of the word.
const overlay = String.raw`\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f`
const invisible = new RegExp(String.raw`[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}${overlay}]`, 'u')
const skipped = new RegExp(`${space.source}|${invisible.source}`, 'gu')
const spelling = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Nd}]+$/u

const foldFresh = (character: string): FoldedCharacter => {
  if (space.test(character)) return SPACE
  if (invisible.test(character)) return INVISIBLE
  // Taken apart first, so that é loses its accent whether it is written as one code point or as two.
  const shape = character.normalize('NFKD').replace(skipped, '').normalize('NFKC') || character
  const codes = [...shape].flatMap((each) =>
    [...foldCase(each)].map((sign) => seenAs(sign).codePointAt(0) ?? 0),
  )
  return { kind: spelling.test(shape) ? 'letter' : 'sign', codes }
}

/** By way of the capital, so that ß and ẞ are ss, ς is σ, ı is i. */
const foldCase = (character: string): string => character.toLowerCase().toUpperCase().toLowerCase()
