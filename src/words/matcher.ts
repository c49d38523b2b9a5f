import { type Automaton, buildAutomaton } from './automaton.ts'
import { foldCharacter, foldText } from './fold.ts'
import { createMaskedText } from './masked-text.ts'
import { createScan, type Match, type Pattern, type Scan } from './scan.ts'
import type { Word } from './word-list.ts'

/** What is to be done with a text; `lines` are those of the list whose words are masked, in the order of the text. */
export type Verdict =
  | { verdict: 'pass' }
  | { verdict: 'block'; word: string; line: number }
  | { verdict: 'mask'; text: string; lines: number[] }

export type Matcher = {
  /** Every word in the text, overlapping ones too, by where it ends; of those that end together the longer first. */
  find(text: string): Match[]
  /** Blocked by the first word that blocks; else with every masked word hidden. */
  check(text: string): Verdict
  /** Looks for words in a text that comes in pieces. */
  scan(onMatch: (match: Match) => void): Scan
}

/**
 * Looks for all words at once, in texts folded like the words are. A word that folds to nothing is never found.
 *
 * A word of letters and digits alone is found only where none stands directly before or after it, so that "ass" is not
 * found in "class", and with spaces in it only where the list has them or after every letter: "a s s" is found, but
 * "anal" not in "an AI".
 */
export const createMatcher = (words: readonly Word[]): Matcher => {
  const { automaton, patterns } = compile(words)
  const scan = (onMatch: (match: Match) => void) => createScan(automaton, patterns, onMatch)

  const read = (text: string, onMatch: (match: Match) => void) => {
    const whole = scan(onMatch)
    whole.read(text)
    whole.end()
  }

  return {
    scan,
    find(text) {
      const matches: Match[] = []
      read(text, (match) => matches.push(match))
      return matches
    },
    check(text) {
      let blocking: Word | undefined
      const lines = new Set<number>()
      const masked = createMaskedText()
      masked.add(text)
      read(text, ({ word, start, end }) => {
        if (word.act === 'block') blocking ??= word
        else {
          lines.add(word.line)
          masked.hide(start, end)
        }
      })
      if (blocking) return { verdict: 'block', word: blocking.text, line: blocking.line }
      if (lines.size === 0) return { verdict: 'pass' }
      return { verdict: 'mask', text: masked.takeUntil(text.length), lines: [...lines] }
    },
  }
}

/** Apart from the matcher, so that the folded words, of use here alone, are not kept with it. */
const compile = (words: readonly Word[]) => {
  const folded = words.map(({ text }) => foldText(text))
  const automaton = buildAutomaton(folded)
  const patterns = words.map((word, index) => ({
    word,
    length: folded[index]?.length ?? 0,
    spacing: spacingOf(word.text),
  }))
  return { automaton, patterns: patternsByEnd(automaton, patterns) }
}

/** By the node where they end: words that fold alike end at the same, and may differ in what they ask for. */
const patternsByEnd = (automaton: Automaton, patterns: readonly Pattern[]): Map<number, Pattern[]> => {
  const byEnd = new Map<number, Pattern[]>()
  patterns.forEach((pattern, index) => {
    const end = automaton.endOf(index)
    const alike = byEnd.get(end)
    if (!alike) byEnd.set(end, [pattern])
    else if (!alike.some((other) => asksTheSame(other, pattern))) alike.push(pattern)
  })
  return byEnd
}

const asksTheSame = (one: Pattern, other: Pattern): boolean =>
  one.spacing === other.spacing && one.word.act === other.word.act

/** See Pattern. Undefined when the word is not of letters and digits alone. */
const spacingOf = (word: string): string | undefined => {
  const characters = Array.from(word, (character) => foldCharacter(character.codePointAt(0) ?? 0))
  if (characters.some(({ kind }) => kind === 'sign')) return undefined
  let spacing = ''
  let isAfterSpace = false
  for (const { kind, codes } of characters) {
    if (kind === 'space') isAfterSpace = true
    for (const _ of codes) {
      spacing += isAfterSpace ? ' ' : '.'
      isAfterSpace = false
    }
  }
  return spacing
}
