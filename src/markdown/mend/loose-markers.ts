import { type Line, reworded } from './lines.ts'

const HAN = /[\u2e80-\u9fff\uac00-\ud7a3\uff00-\uffef]/

/** Marks with space on their inner side, `** 重点 **`, and full-width ones, `＊＊重点＊＊`, as they are meant. */
export const withTightMarks = (lines: Line[]): Line[] =>
  lines.map((line) => {
    if (line.isCode || !/\*\*|__|~~|==|＊＊|～～/.test(line.text)) return line
    const cells = /^[ \t>]*\|/.test(line.text) ? line.text.split('|') : [line.text]
    return reworded(line, cells.map(mended).join('|'))
  })

const mended = (words: string): string => {
  let text = words
    .replace(/＊＊([^＊\n]{1,300})＊＊/g, '**$1**')
    .replace(/～～([^～\n]{1,300})～～/g, '~~$1~~')
  // Bold that ends and begins again at once, as CommonMark reads in neither way.
  if (text.includes('****')) text = text.replace(TWICE_BOLD, (bold) => `**${bold.replace(/\*+/g, '')}**`)
  for (const [mark, pattern] of MARKS) if (text.includes(mark)) text = tightened(text, mark, pattern)
  return text
}

const TWICE_BOLD = /(?<![*\\])\*\*[^*\s][^*]{0,80}(?:\*{4}[^*]{1,80}){1,6}\*\*(?!\*)/g

const MARKS: [string, RegExp][] = [
  ['***', /\*+/g],
  ['**', /\*+/g],
  ['__', /_+/g],
  ['~~', /~+/g],
  ['==', /=+/g],
]

/** Marks of a line come in pairs, from its beginning: what stands between two pairs is not meant. */
const tightened = (text: string, mark: string, pattern: RegExp): string => {
  const runs = [...text.matchAll(pattern)].filter(
    ({ 0: run, index }) => run === mark && text[index - 1] !== '\\',
  )
  if (runs.length < 2 || runs.length % 2 === 1) return text
  let out = ''
  let done = 0
  for (let at = 0; at + 1 < runs.length; at += 2) {
    const opens = runs[at]?.index ?? 0
    const closes = runs[at + 1]?.index ?? opens
    const inside = text.slice(opens + mark.length, closes)
    const end = closes + mark.length
    const isLoose = inside !== inside.trim()
    // Lines beside letters are part of a name; stars never are.
    const shown = mark === '__' ? '**' : mark
    out += text.slice(done, opens)
    out +=
      isLoose && !isCompared(mark, inside) && isMeant(text[opens - 1] ?? '', inside, text[end] ?? '')
        ? `${shown}${inside.trim()}${shown}`
        : text.slice(opens, end)
    done = end
  }
  return out + text.slice(done)
}

/** `x == y 且 z == w` */
const isCompared = (mark: string, inside: string): boolean => {
  const words = inside.trim()
  return mark === '==' && !(HAN.test(words.charAt(0)) && HAN.test(words.charAt(words.length - 1)))
}

/** Not a power, `2 ** 3 ** 4`, nor a comparison, nor `f(**a, **b)`. */
const isMeant = (before: string, inside: string, after: string): boolean => {
  const words = inside.trim()
  if (words === '') return false
  if (HAN.test(words) || HAN.test(before) || HAN.test(after)) return true
  return (
    /^\s/.test(inside) &&
    /\s$/.test(inside) &&
    /^[A-Za-z]{2,}(?:[ '-][A-Za-z]+){0,12}$/.test(words) &&
    /^[\s.,;:!?]?$/.test(after) &&
    !/[=(]/.test(before)
  )
}
