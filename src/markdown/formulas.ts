/** TeX without its delimiters; `display` when they set it on a line of its own. */
export type Formula = { tex: string; display: boolean; written: string }

/** A text whose formulas stand aside while the rest is read as Markdown. */
export type Formulas = {
  /** The text with a placeholder, no markup to any parser, for each formula. */
  source: string
  /** Puts the formulas back as their reader can read them. */
  readable: (text: string) => string
  /** Puts them back as they were written, for code and addresses. */
  verbatim: (text: string) => string
  /** Cuts the text at them. */
  pieces: (text: string) => (string | Formula)[]
}

// Code comes first, so that what looks like a formula in it is stepped over. Every repetition is bounded or stops at the
// next delimiter: an unclosed one costs no scan to the end. A formula holds no blank line, in TeX as here.
const body = String.raw`(?:\\(?![()[\]])[^]|[^\\$\n]|\n(?![ \t]*\n))`
const dollarless = String.raw`(?:\\(?![()[\]])[^]|[^\\\n]|\n(?![ \t]*\n))`
const pattern = new RegExp(
  [
    String.raw`^[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(?<fence>\`{3,}(?!\`)|~{3,}(?!~))[^\n]*\n[^]*?(?:^[ \t>]*\k<fence>|$(?![^]))`,
    String.raw`(?<![\\\`])(?<ticks>\`+)(?!\`)(?:[^\n]|\n(?![ \t]*\n)){1,1000}?(?<!\`)\k<ticks>(?!\`)`,
    String.raw`(?<![\\$])\$\$(?<dollars>${body}{1,4000})\$\$`,
    String.raw`(?<!\\)\\\[(?<square>${dollarless}{1,4000})\\\]`,
    String.raw`(?<!\\)\\\((?<round>${dollarless}{1,4000})\\\)`,
    // Pandoc's rule, so that prices stay prices: the formula hugs its dollars and no word follows. "US$5" opens none.
    String.raw`(?<![\\$\w])\$(?!\s)(?<dollar>${body}{1,1000})(?<!\s)\$(?![\w{$])`,
  ].join('|'),
  'gm',
)

/**
 * Expects clean text: U+FDD0 and U+FDD1, no characters by definition, mark the placeholders. `readableText`: a formula for
 * who reads no TeX; without it they stay as they were written.
 */
export const setFormulasAside = (
  text: string,
  readableText: (formula: Formula) => string = ({ written }) => written,
): Formulas => {
  const formulas: Formula[] = []
  const source = text.replace(pattern, (written: string, ...rest) => {
    const groups: Groups = rest.at(-1)
    const tex = texOf(groups)
    if (tex === undefined) return written
    const display = groups.dollars !== undefined || groups.square !== undefined
    formulas.push({ tex, display, written })
    return `\ufdd0${formulas.length - 1}\ufdd1`
  })
  const pieces = (value: string): (string | Formula)[] =>
    value
      .split(/\ufdd0(\d+)\ufdd1/)
      .map((piece, at) => (at % 2 === 0 ? piece : (formulas[Number(piece)] ?? '')))
  const putBack = (value: string, textOf: (formula: Formula) => string): string =>
    pieces(value)
      .map((piece) => (typeof piece === 'string' ? piece : textOf(piece)))
      .join('')
  return {
    source,
    readable: (value) => putBack(value, readableText),
    verbatim: (value) => putBack(value, ({ written }) => written),
    pieces,
  }
}

/** What `replace` hands over for the named groups. */
type Groups = { dollars?: string; square?: string; round?: string; dollar?: string }

const texOf = (groups: Groups): string | undefined => {
  const { dollars, square, round, dollar } = groups
  const inline = square ?? round ?? dollar
  if (inline !== undefined && isProse(inline)) return undefined
  // An escaped reference mark, \[1\].
  if (square !== undefined && /^\d+$/.test(square)) return undefined
  return (dollars ?? inline)?.replace(/\n[ \t]*(?:> ?)+/g, '\n')
}

/** Escaped brackets and two prices on a line are not formulas: they hold words and nothing of TeX. */
const isProse = (tex: string): boolean =>
  !/[\\^_={}]/.test(tex) && /\p{Script=Han}|\p{L}{2,}\s+\p{L}{2,}/u.test(tex)
