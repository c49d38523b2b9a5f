import { isBlank, type Line, reworded } from './lines.ts'

const HAN = String.raw`[\u2e80-\u303f\u3041-\u9fff\uac00-\ud7a3\uff08\u201c\u2018]`
const HEADING = /^([ \t>]*)([#＃]{1,6})([ \t\u3000]*)(?=[^#＃\s])/
const BULLET = new RegExp(
  String.raw`^([ \t>]*)([-+*])(?=${HAN}|\*\*[^*\s]|\[[ xX]\] |\[[^\]\n]{1,80}\]\(|\ufdd0)`,
)
const NUMBER = new RegExp(String.raw`^([ \t>]*)(\d{1,3})([.)])(?=${HAN}|\*\*[^*\s]|\ufdd0)`)
const LATIN_NUMBER = /^([ \t>]*)(\d{1,3})([.)])(?=[A-Z])/

/**
 * Headings and items whose space was forgotten: `##标题`, `-项`, `1.甲`. Before Chinese, bold, code or a formula the sign
 * can mean nothing else; `#1`, `#include`, `-5°C`, `-abc`, `1.5` and topics between two `#` stay.
 */
export const withSpaces = (lines: Line[]): Line[] =>
  lines.map((line, at) => {
    if (line.isCode) return line
    const text = headed(line.text, lines, at) ?? listed(line.text, lines, at)
    return text === undefined ? line : reworded(line, text)
  })

const headed = (text: string, lines: Line[], at: number): string | undefined => {
  const found = HEADING.exec(text)
  if (!found) return undefined
  const [whole, before = '', signs = '', space = ''] = found
  const rest = text.slice(whole.length)
  const isWide = signs.includes('＃')
  if (space !== '' && !isWide && !space.includes('\u3000')) return undefined
  // One sign makes a topic as well: `#话题#`, `#甲 #乙`. A title has words below it.
  if (signs.length === 1 && (!isTitle(rest) || !hasWordsBelow(lines, at))) return undefined
  if (signs.length > 1 && /^[!/\\[\](){}<>=.,;:'"|&-]/.test(rest)) return undefined
  return `${before}${'#'.repeat(signs.length)} ${rest.replace(/(?<![#＃])[#＃]+[ \t]*$/, '')}`
}

const isTitle = (rest: string): boolean =>
  /^[\u2e80-\u9fff\uff08\u201c\u300a\ufdd0]|^\*\*/.test(rest) &&
  !/[#＃]|[。；，,;]$/.test(rest) &&
  rest.length <= 40

const hasWordsBelow = (lines: Line[], at: number): boolean => {
  let next = at + 1
  while (next < lines.length && next < at + 4 && isBlank(lines[next])) next += 1
  const below = lines[next]
  return (
    below !== undefined && !isBlank(below) && (below.isCode || !/^[ \t]*[#＃][^#＃\s]*$/.test(below.text))
  )
}

const listed = (text: string, lines: Line[], at: number): string | undefined => {
  const bullet = BULLET.exec(text)
  if (bullet) {
    const [whole, before = '', sign = ''] = bullet
    const rest = text.slice(whole.length)
    // `*注意*` is emphasis, `***` bold and emphasis, `--` no sign.
    if (sign === '*' && rest.includes('*') && !/^\ufdd0[^*]*$/.test(rest)) return undefined
    return `${before}${sign} ${rest}`
  }
  const number = NUMBER.exec(text) ?? (isCounted(lines, at) ? LATIN_NUMBER.exec(text) : undefined)
  if (!number) return undefined
  const [whole, before = '', digits = '', sign = ''] = number
  return `${before}${digits}${sign} ${text.slice(whole.length)}`
}

/** The line before or after has the number before or after. */
const isCounted = (lines: Line[], at: number): boolean => {
  const here = numberOf(lines[at])
  return here !== undefined && (numberOf(lines[at - 1]) === here - 1 || numberOf(lines[at + 1]) === here + 1)
}

const numberOf = (line: Line | undefined): number | undefined => {
  const found = line && /^[ \t>]*(\d{1,3})[.)][ \t]?[A-Z]/.exec(line.text)
  return found ? Number(found[1]) : undefined
}
