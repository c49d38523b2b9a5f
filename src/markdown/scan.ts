import type { Taken } from './asides.ts'
import { type Formula, isPlainlyMath, isProse, isSurelyTex, isTorn, texOf } from './formula.ts'

/** A stretch of text that is read from left to right. Each look ahead stops at the next sign of its kind, or is short. */
export type Scan = {
  text: string
  /** What stands before was taken already. */
  done: number
  /** Where runs of back-ticks begin, by their length; made when the first is met. */
  runs: Map<number, number[]> | undefined
  /** Where an environment ends, by where it begins. */
  environments: Map<number, number> | undefined
}

const at = (pattern: RegExp, text: string, pos: number): RegExpExecArray | undefined => {
  pattern.lastIndex = pos
  return pattern.exec(text) ?? undefined
}

const formulaAt = (from: number, to: number, text: string, inside: string, display: boolean): Taken => {
  const written = text.slice(from, to)
  const formula: Formula = { tex: texOf(inside), display, written }
  return { from, to, aside: { kind: 'formula', written, formula } }
}

const maxCodeChars = 2000

/** `code`, in as many back-ticks as it begins with. It may go on in the next line, but not in the next block or row. */
export const readCode = (scan: Scan, from: number): Taken => {
  const { text } = scan
  scan.runs ??= runsOf(text)
  let begin = from
  while (text[begin] === '`') begin += 1
  const length = begin - from
  const starts = scan.runs.get(length) ?? []
  while (starts.length > 0 && (starts.at(-1) ?? 0) < begin) starts.pop()
  const end = starts.at(-1)
  // With the code behind them set aside, three of them would look like a fence.
  const alone: Taken = { from, to: begin }
  if (length > 2) alone.aside = { kind: 'literal', written: text.slice(from, begin) }
  if (end === undefined || end - begin > maxCodeChars) return alone
  const inside = text.slice(begin, end)
  if (/\n[ \t>]*(?:\n|[|#]|[-+*][ \t]|\d{1,9}[.)][ \t])/.test(inside)) return alone
  const line = inside.replace(/\n[ \t]*(?:> ?)*/g, ' ')
  const code = /^ .*[^ ].* $/.test(line) ? line.slice(1, -1) : line
  return { from, to: end + length, aside: { kind: 'code', code, written: text.slice(from, end + length) } }
}

/** Those furthest back come first, so that the nearest is popped. */
const runsOf = (text: string): Map<number, number[]> => {
  const runs = new Map<number, number[]>()
  for (const { 0: run, index } of [...text.matchAll(/`+/g)].reverse()) {
    const starts = runs.get(run.length)
    if (starts) starts.push(index)
    else runs.set(run.length, [index])
  }
  return runs
}

const TWO_DOLLARS = /\$\$((?:\\[\s\S]|[^\\$\n]|\n(?![ \t>]*\n)){1,4000})\$\$/y
/** Alone on its line, so that what follows may be set apart from it. */
const DOLLAR_LINES = /\$\$[ \t]*\n((?:\\[\s\S]|[^\\$]){1,4000})\$\$(?=[ \t]*[，。；,.;]?[ \t]*(?:\n|$))/y
const DOLLAR = /\$((?:\\[\s\S]|[^\\$\n]|\n(?![ \t>]*\n)){1,1000})\$/y

export const readDollar = ({ text }: Scan, from: number): Taken | undefined => {
  const before = text[from - 1] ?? ''
  if (text[from + 1] === '$') {
    const end = from + 2
    if (text[end] === '$') return { from, to: runEnd(text, end) }
    const found =
      at(TWO_DOLLARS, text, from) ?? (isLineStart(text, from) ? at(DOLLAR_LINES, text, from) : undefined)
    return found && !isTorn(found[1] ?? '')
      ? formulaAt(from, from + found[0].length, text, found[1] ?? '', true)
      : { from, to: end }
  }
  // "US$5" opens none.
  if (/\w/.test(before)) return undefined
  const found = at(DOLLAR, text, from)
  if (!found) return undefined
  const [whole, inside = ''] = found
  const after = text[from + whole.length] ?? ''
  return isBetweenDollars(inside, after)
    ? formulaAt(from, from + whole.length, text, inside.trim().replace(/^`([^`]+)`$/, '$1'), false)
    : undefined
}

/** Pandoc's rule, so that prices stay prices: the formula hugs its dollars and no word follows. With space: surely TeX. */
const isBetweenDollars = (inside: string, after: string): boolean => {
  if (/[\w{$]/.test(after) || inside.trim() === '') return false
  // `$(pwd)/$(date)`: what the second dollar opens is a command of a shell.
  if (after === '(' && /[/:=@.,"'-]$/.test(inside)) return false
  if (!/^\s|\s$/.test(inside)) return !isProse(inside)
  if (inside.includes('\n') || /^\d[\d.,]*\s/.test(inside)) return false
  return isSurelyTex(inside) || (/^\s/.test(inside) && /\s$/.test(inside) && isPlainlyMath(inside))
}

const runEnd = (text: string, from: number): number => {
  let end = from
  while (text[end] === '$') end += 1
  return end
}

const isLineStart = (text: string, from: number): boolean => {
  let begin = from
  while (begin > 0 && /[ \t>]/.test(text[begin - 1] ?? '')) begin -= 1
  return begin === 0 || text[begin - 1] === '\n'
}

const ROUND = /\\\(((?:\\(?![()[\]])[\s\S]|[^\\\n]|\n(?![ \t>]*\n)){1,4000})\\\)/y
const SQUARE = /\\\[((?:\\(?![()[\]])[\s\S]|[^\\\n]|\n(?![ \t>]*\n)){1,4000})\\\]/y
const SQUARE_LINES = /\\\[[ \t]*\n((?:\\(?![()[\]])[\s\S]|[^\\]){1,4000})\\\]/y
const DOUBLED_ROUND = /\\\\\(((?:\\\\\\\\|\\\\?(?![()[\]\\])[\s\S]|[^\\\n]|\n(?![ \t>]*\n)){1,4000})\\\\\)/y
const DOUBLED_SQUARE = /\\\\\[((?:\\\\\\\\|\\\\?(?![()[\]\\])[\s\S]|[^\\]){1,4000})\\\\\]/y
const CHEMISTRY = /\\(?:ce|pu)\{(?:[^{}\n]|\{[^{}\n]{0,100}\}){1,300}\}/y
/** The result, as models box it where they forget the dollars. */
const BOXED = /\\boxed[ ]?\{(?:[^{}\n]|\{(?:[^{}\n]|\{[^{}\n]{0,60}\}){0,100}\}){1,200}\}/y

export const readBackslash = (scan: Scan, from: number): Taken | undefined => {
  const { text } = scan
  const path = pathAt(scan, from)
  if (path) return path
  const next = text[from + 1]
  if (next === '(' || next === '[') {
    const found =
      next === '(' ? at(ROUND, text, from) : (at(SQUARE, text, from) ?? at(SQUARE_LINES, text, from))
    const inside = found?.[1]
    // An escaped reference mark, \[1\], and words in escaped brackets.
    if (inside === undefined || /^\d+$/.test(inside) || isProse(inside) || isTorn(inside)) return undefined
    return formulaAt(from, from + (found?.[0].length ?? 0), text, inside, next === '[')
  }
  if (next === '\\') {
    const bracket = text[from + 2]
    if (bracket === 'b') {
      scan.environments ??= environmentsOf(text)
      const to = scan.environments.get(from + 1)
      return to === undefined ? undefined : formulaAt(from, to, text, text.slice(from, to), true)
    }
    const pattern = bracket === '(' ? DOUBLED_ROUND : bracket === '[' ? DOUBLED_SQUARE : undefined
    const found = pattern && at(pattern, text, from)
    if (!found || isProse(found[1] ?? '') || isTorn(found[1] ?? '')) return undefined
    return formulaAt(from, from + found[0].length, text, found[1] ?? '', bracket === '[')
  }
  const chemistry = at(CHEMISTRY, text, from) ?? at(BOXED, text, from)
  if (chemistry) return formulaAt(from, from + chemistry[0].length, text, chemistry[0], false)
  scan.environments ??= environmentsOf(text)
  const end = scan.environments.get(from)
  if (end === undefined || end - from > 8000) return undefined
  const begin = Math.max(scan.done, from - leftSide(text.slice(Math.max(scan.done, from - 80), from)))
  return formulaAt(begin, end, text, text.slice(begin, end), true)
}

/** What stands before an environment on its line and belongs to it: `f(x) =`. */
const leftSide = (before: string): number =>
  /(?:^|[\s\u2e80-\u9fff\uff00-\uffef])([A-Za-z\\|][\w\\{}()|^,.'+* -]{0,60}=[ \t]*)$/.exec(before)?.[1]
    ?.length ?? 0

const ENVIRONMENT =
  /\\(begin|end)\{((?:align|aligned|alignat|alignedat|equation|gather|gathered|multline|split|cases|dcases|rcases|drcases|flalign|eqnarray|[pbBvV]?matrix|smallmatrix|array|darray|subarray|CD)\*?)\}/g

/** Only the outermost, and those that end. */
const environmentsOf = (text: string): Map<number, number> => {
  const ends = new Map<number, number>()
  const open: { name: string; from: number }[] = []
  for (const { 0: whole, 1: word, 2: name = '', index } of text.matchAll(ENVIRONMENT)) {
    if (word === 'begin') open.push({ name, from: index })
    else if (open.at(-1)?.name === name) ends.set(open.pop()?.from ?? index, index + whole.length)
    else open.length = 0
  }
  return ends
}

const PATH_START = /(?:[A-Za-z]:|\\)?[\w.%~$@+-]{0,80}$/
const PATH = /(?:[A-Za-z]:|\\)?[\w.%~$@+-]{0,80}(?:\\[\w.*#_+!@()[\]{}$%~&=,-]{0,80}){1,30}/y

/** From a drive, a share, a variable or a dot on, names may be Chinese, and hold spaces where another backslash follows. */
const ROOTED =
  /(?:[A-Za-z]:\\{1,2}|\\\\(?=[\w.-]+\\)|%\w{1,40}%\\|\.{1,2}\\)(?:[\w\u3400-\u9fff.()+@#$%&!=~*-]{0,80}(?: [\w.()-]{1,40}){0,6}\\{1,2}){0,30}[\w\u3400-\u9fff.*#_+!@()[\]{}$%~&=,-]{0,120}/y

/** A path keeps its backslashes, `C:\Users\_tmp\*.log`, and so does a regular expression, `\d+\.\d+`. */
const pathAt = ({ text, done }: Scan, slash: number): Taken | undefined => {
  const before = text.slice(Math.max(done, slash - 82), slash)
  const from = slash - (PATH_START.exec(before)?.[0].length ?? 0)
  if (/^\\?\\[([]/.test(text.slice(from, from + 3))) return undefined
  const isApart = !/\w/.test(text[from - 1] ?? '')
  const rooted = isApart ? at(ROOTED, text, from)?.[0] : undefined
  const written = rooted !== undefined && from + rooted.length > slash ? rooted : at(PATH, text, from)?.[0]
  if (written === undefined || from + written.length <= slash) return undefined
  const path = written.replace(/(?:\*\*|__|~~|[,.)\]}])+$/, '')
  // `\_` alone is an escape; beside `\d` or `\x64` it is none. TeX is for others.
  const isWord = /\\[*_#.+[\]()!~{}-]/.test(path) && /\\[A-Za-z0-9]/.test(path) && !isSurelyTex(path)
  if (rooted === undefined && !isWord) return undefined
  return { from, to: from + path.length, aside: { kind: 'literal', written: path } }
}

/** Brackets that lost their backslashes: a line `[`, TeX, a line `]`; in a sentence `( \mu )`, set off by spaces. */
export const readBracket = ({ text }: Scan, from: number): Taken | undefined => {
  const next = text[from + 1]
  if (text[from] === '[' && isLineStart(text, from)) {
    const block = at(BLOCK, text, from)
    if (block && isSurelyTex(block[1] ?? ''))
      return formulaAt(from, from + block[0].length, text, block[1] ?? '', true)
  }
  const isSpaced = next === ' '
  if (!isSpaced && next !== '\\') return undefined
  const end = closingOf(text, from)
  if (end === undefined) return undefined
  const inside = text.slice(from + 1, end)
  if (!isSurelyTex(inside)) return undefined
  if (isSpaced) {
    if (!inside.endsWith(' ')) return undefined
    const isAlone =
      isLineStart(text, from) && /^[ \t]*[，。；,.;]?[ \t]*(?:\n|$)/.test(text.slice(end + 1, end + 20))
    return formulaAt(from, end + 1, text, inside.trim(), text[from] === '[' && isAlone)
  }
  // The brackets of `(\alpha)` may be its own.
  if (text[from] === '[' || !/^\\[A-Za-z]/.test(inside)) return undefined
  return formulaAt(from, end + 1, text, `(${inside})`, false)
}

const BLOCK = /\[[ \t]*\n((?:(?![ \t>]*[[\]][ \t]*(?:\n|$))[^\n]{0,2000}\n){1,60}?)[ \t>]*\][ \t]*(?=\n|$)/y

const maxBracketChars = 300

/** Where the bracket closes, on the same line. */
const closingOf = (text: string, from: number): number | undefined => {
  const open = text[from]
  const close = open === '(' ? ')' : ']'
  let depth = 0
  for (let here = from; here < text.length && here < from + maxBracketChars; here += 1) {
    const char = text[here]
    if (char === '\n' || char === '`' || char === '$') return undefined
    if (char === open) depth += 1
    if (char === close) depth -= 1
    if (depth === 0) return here
  }
  return undefined
}
