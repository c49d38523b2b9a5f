import { type Automaton, ROOT } from './automaton.ts'
import { foldCharacter } from './fold.ts'
import type { Word } from './word-list.ts'

/** A word in a text, from `start` up to `end` in UTF-16 units: from its first character to its last. */
export type Match = { word: Word; start: number; end: number }

/**
 * What a word asks for. `length` counts folded characters. `spacing` is there for a word of letters and digits alone and
 * has a sign for each of them: a space where the list has one before it.
 */
export type Pattern = { word: Word; length: number; spacing: string | undefined }

export type Scan = {
  read(piece: string): void
  /** No more comes: words that waited to see what follows are found. */
  end(): void
  /** How far the text was read: to its end, or to before a surrogate pair that came cut in two. */
  readUntil(): number
  /** From here on the text may still be part of a word; everything before is settled. */
  openFrom(): number
}

/**
 * Follows a text piece by piece and tells of each word as soon as it is certain: a word of letters once it is seen that no
 * letter follows, all others with their last character.
 * @param patterns by the node where they end
 */
export const createScan = (
  automaton: Automaton,
  patterns: ReadonlyMap<number, readonly Pattern[]>,
  onMatch: (match: Match) => void,
): Scan => {
  // The last folded characters, as many as the longest word has: where they begin in the text, whether a letter stands
  // directly before them, and how many of all up to them have white space before them.
  const size = 2 ** Math.ceil(Math.log2(automaton.longest + 1))
  const starts = new Float64Array(size)
  const attached = new Uint8Array(size)
  const spacedUpTo = new Uint32Array(size)
  const at = (index: number) => index & (size - 1)

  let node = ROOT
  let count = 0
  let position = 0
  let spaced = 0
  let isAfterLetter = false
  let isAfterSpace = false
  let waiting: Match[] = []
  /** A surrogate pair may be cut in two. */
  let half = ''

  const settle = (isWhole: boolean) => {
    if (waiting.length === 0) return
    const settled = waiting
    waiting = []
    if (isWhole) for (const match of settled) onMatch(match)
  }

  /** Whether the word's letters that end here stand as it asks for. */
  const isSpelled = ({ length, spacing }: Pattern): boolean => {
    const first = count - length
    if (spacing === undefined) return true
    if (attached[at(first)]) return false
    const spacedAt = (index: number) => spacedUpTo[at(first + index)] ?? 0
    // Most words are settled by this: many that repeat a letter may end at one place, and each would be gone through.
    const spaces = spaced - spacedAt(0)
    if (spaces === 0 || spaces === length - 1) return true
    if (!spacing.includes(' ', 1)) return false
    for (let index = 1; index < length; index += 1)
      if (spacedAt(index) > spacedAt(index - 1) && spacing[index] !== ' ') return false
    return true
  }

  const readCode = (code: number, isLetter: boolean, start: number, end: number) => {
    settle(!isLetter)
    starts[at(count)] = start
    if (isAfterSpace) spaced += 1
    spacedUpTo[at(count)] = spaced
    attached[at(count)] = isAfterLetter ? 1 : 0
    count += 1
    isAfterSpace = false
    isAfterLetter = isLetter
    node = automaton.step(node, code)
    for (let found = automaton.ending(node); found !== ROOT; found = automaton.nextEnding(found)) {
      for (const pattern of patterns.get(found) ?? []) {
        if (!isSpelled(pattern)) continue
        const match = { word: pattern.word, start: starts[at(count - pattern.length)] ?? start, end }
        if (pattern.spacing === undefined) onMatch(match)
        else waiting.push(match)
      }
    }
    node = automaton.rest(node)
  }

  const readCharacter = (codePoint: number) => {
    const { kind, codes } = foldCharacter(codePoint)
    const start = position
    position += codePoint > 0xffff ? 2 : 1
    if (kind === 'space') {
      settle(true)
      isAfterSpace = true
      isAfterLetter = false
    }
    for (const code of codes) readCode(code, kind === 'letter', start, position)
  }

  return {
    read(piece) {
      const text = half + piece
      const isCut = (text.charCodeAt(text.length - 1) & 0xfc00) === 0xd800
      // No text that ends with half a pair may reach codePointAt: of a slice, compiled code reads on into the whole string
      // and completes the pair (V8 13.6).
      const whole = isCut ? text.slice(0, -1) : text
      half = isCut ? text.slice(-1) : ''
      for (let index = 0; index < whole.length; ) {
        const codePoint = whole.codePointAt(index) ?? 0
        index += codePoint > 0xffff ? 2 : 1
        readCharacter(codePoint)
      }
    },
    end() {
      if (half !== '') readCharacter(half.charCodeAt(0))
      half = ''
      settle(true)
    },
    readUntil: () => position,
    openFrom() {
      const depth = automaton.depth(node)
      const begun = depth > 0 ? (starts[at(count - depth)] ?? position) : position
      return Math.min(begun, waiting[0]?.start ?? position)
    },
  }
}
