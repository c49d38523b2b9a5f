import fc from 'fast-check'
import { foldCharacter, foldText } from '../../src/words/fold.ts'
import type { Word } from '../../src/words/word-list.ts'

/** A list as an operator writes it, one word each: `mask: word` or `word`. */
export const listOf = (...lines: string[]): Word[] =>
  lines.map((line, index) => ({
    text: line.replace(/^mask: /, ''),
    act: line.startsWith('mask: ') ? 'mask' : 'block',
    line: index + 1,
  }))

// Few signs, so that words are met, overlap and contain each other, in every spelling that folds alike.
const letters = fc.constantFrom('a', 'Ａ', 'á', 'а', 's', 'S', '1', 'l', '0', 'o', 'ﬀ', 'f', '㏄', 'c')
const signs = fc.constantFrom('赌', '博', '毒', '株', '㍿', '式', '〇', '|', '.', '😀')
const gaps = fc.constantFrom(' ', '\n', '\u3000', '\u200b', '\u0301', '\ufe0f')

const wordText = fc
  .oneof(
    fc.array(letters, { minLength: 1, maxLength: 4 }),
    fc.array(signs, { minLength: 1, maxLength: 4 }),
    fc.array(fc.oneof(letters, signs, gaps), { minLength: 1, maxLength: 6 }),
  )
  .map((characters) => characters.join(''))
  .filter((text) => foldText(text).length > 0)

const wordLists = (acts: Word['act'][]): fc.Arbitrary<Word[]> =>
  fc
    .array(fc.record({ text: wordText, act: fc.constantFrom(...acts) }), {
      minLength: 1,
      maxLength: 8,
      size: 'max',
    })
    .map((words) => words.map((word, index) => ({ ...word, line: index + 1 })))

/** A list with a text in which its words are likely, whole, in part, spread out and within others. */
export const listsWithTexts = (...acts: Word['act'][]): fc.Arbitrary<{ words: Word[]; text: string }> =>
  wordLists(acts).chain((words) =>
    fc.record({ words: fc.constant(words), text: textOf(fc.constantFrom(...words.map(({ text }) => text))) }),
  )

const textOf = (word: fc.Arbitrary<string>): fc.Arbitrary<string> => {
  const piece = fc.oneof(
    { weight: 3, arbitrary: word },
    { weight: 1, arbitrary: word.map((text) => Array.from(text).join(' ')) },
    { weight: 1, arbitrary: word.map((text) => text.slice(1)) },
    { weight: 4, arbitrary: letters },
    { weight: 4, arbitrary: signs },
    { weight: 4, arbitrary: gaps },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 2 }) },
    { weight: 1, arbitrary: fc.constantFrom('\ud83d', '\ude00') },
  )
  return fc.array(piece, { maxLength: 20, size: 'max' }).map((pieces) => pieces.join(''))
}

/** The same, with the text cut anywhere, within a surrogate pair too. */
export const listsWithPieces = (...acts: Word['act'][]): fc.Arbitrary<{ words: Word[]; pieces: string[] }> =>
  fc
    .tuple(listsWithTexts(...acts), fc.array(fc.nat(60), { maxLength: 12, size: 'max' }))
    .map(([{ words, text }, cuts]) => {
      const at = [...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length]
      return { words, pieces: at.map((end, index) => text.slice(at[index - 1] ?? 0, end)) }
    })

type Seen = {
  code: number
  isLetter: boolean
  start: number
  end: number
  isAfterSpace: boolean
  isAttached: boolean
}

const seenIn = (text: string): Seen[] => {
  const seen: Seen[] = []
  let [start, isAfterSpace, isAttached] = [0, false, false]
  for (const character of text) {
    const { kind, codes } = foldCharacter(character.codePointAt(0) ?? 0)
    if (kind === 'space') [isAfterSpace, isAttached] = [true, false]
    for (const code of codes) {
      const isLetter = kind === 'letter'
      seen.push({ code, isLetter, start, end: start + character.length, isAfterSpace, isAttached })
      ;[isAfterSpace, isAttached] = [false, isLetter]
    }
    start += character.length
  }
  return seen
}

/** What the matcher is to find, looked for the slow way: every word at every place. As `start-end act`, sorted. */
export const foundSlowly = (text: string, words: readonly Word[]): string[] => {
  const seen = seenIn(text)
  const found = new Set<string>()
  for (const word of words) {
    const letters = seenIn(word.text)
    const isSpelled = letters.every(({ isLetter }) => isLetter)
    for (let first = 0; first + letters.length <= seen.length; first += 1) {
      const here = seen.slice(first, first + letters.length)
      if (!here.every(({ code }, index) => code === letters[index]?.code)) continue
      const after = seen[first + letters.length]
      if (isSpelled && (here[0]?.isAttached || (after?.isLetter && !after.isAfterSpace))) continue
      const inner = here.slice(1)
      const isSpreadOut = inner.every(({ isAfterSpace }) => isAfterSpace)
      const isAsListed = inner.every(
        ({ isAfterSpace }, index) => !isAfterSpace || letters[index + 1]?.isAfterSpace,
      )
      if (isSpelled && !isSpreadOut && !isAsListed) continue
      found.add(`${here[0]?.start}-${here.at(-1)?.end} ${word.act}`)
    }
  }
  return [...found].sort()
}
