import type { Formula } from './formula.ts'
import { readMask } from './masks.ts'
import { readBackslash, readBracket, readCode, readDollar, type Scan } from './scan.ts'

/** A piece of the text that is no Markdown, whatever stands in it. */
export type Aside =
  | { kind: 'formula'; written: string; formula: Formula }
  | { kind: 'code'; written: string; code: string }
  | { kind: 'literal'; written: string }
  | { kind: 'tag'; written: string; tag: InlineTag; opens: boolean }

/** The HTML that is kept. */
export type InlineTag = 'strong' | 'em' | 's' | 'mark' | 'sub' | 'sup'

/** What stands aside while the rest is read as Markdown. */
export type Asides = {
  /** The text with a placeholder, no markup to any parser, for each piece of it that is set aside. */
  setAside: (text: string) => string
  /** The placeholder of one piece. */
  put: (aside: Aside) => string
  /** Puts the pieces back as they were written, for code blocks and addresses. */
  verbatim: (text: string) => string
  /** Cuts a text at them. */
  pieces: (text: string) => (string | Aside)[]
}

/** Expects clean text: U+FDD0 and U+FDD1, no characters by definition, mark the placeholders. */
export const createAsides = (): Asides => {
  const asides: Aside[] = []
  const put = (aside: Aside): string => `\ufdd0${asides.push(aside) - 1}\ufdd1`

  const setAside = (text: string): string => {
    const scan: Scan = { text, done: 0, runs: undefined, environments: undefined }
    let out = ''
    const special = /[`$\\([*]/g
    for (let found = special.exec(text); found; found = special.exec(text)) {
      const at = found.index
      const taken = take(scan, at)
      if (taken.aside) {
        out += text.slice(scan.done, taken.from) + put(taken.aside)
        scan.done = taken.to
      }
      special.lastIndex = Math.max(taken.to, at + 1)
    }
    return out + text.slice(scan.done)
  }

  const pieces = (text: string): (string | Aside)[] =>
    text.split(/\ufdd0(\d+)\ufdd1/).map((piece, at) => (at % 2 === 0 ? piece : (asides[Number(piece)] ?? '')))

  return {
    setAside,
    put,
    pieces,
    verbatim: (text) =>
      pieces(text)
        .map((piece) => (typeof piece === 'string' ? piece : piece.written))
        .join(''),
  }
}

/** From where to where it stands; without an aside, how far there is nothing to look for. */
export type Taken = { from: number; to: number; aside?: Aside }

const take = (scan: Scan, at: number): Taken => {
  const nothing = { from: at, to: at + 1 }
  switch (scan.text[at]) {
    case '`':
      return readCode(scan, at)
    case '$':
      return readDollar(scan, at) ?? nothing
    case '*':
      return readMask(scan.text, at)
    case '\\':
      return readBackslash(scan, at) ?? { from: at, to: at + 2 }
    default:
      return readBracket(scan, at) ?? nothing
  }
}
