import type { Taken } from './asides.ts'

/** How far back on its line bold may have begun. */
const maxBack = 200

/**
 * Stars that stand for what is not told, `138****1234`, `密码 ****`, `a***@qq.com`, `f**k`: they stress nothing. Expects
 * the first star of a run.
 */
export const readMask = (text: string, from: number): Taken => {
  let to = from
  while (text[to] === '*') to += 1
  const stars = to - from
  const isMask = stars > 1 && isMasked(text, from, to, stars)
  return isMask ? { from, to, aside: { kind: 'literal', written: text.slice(from, to) } } : { from, to }
}

const isMasked = (text: string, from: number, to: number, stars: number): boolean => {
  const left = text[from - 1] ?? '\n'
  const right = text[to] ?? '\n'
  const back = text.slice(Math.max(0, from - maxBack), from)
  const before = back.slice(back.lastIndexOf('\n') + 1)
  // A rule across the page.
  if (/^[ \t>*]*$/.test(before) && /^[ \t*]*(?:\n|$)/.test(text.slice(to, to + 80))) return false
  if (/\w/.test(left) && right === '@') return true
  if (/[\s，：:(（]/.test(left) && stars > 2 && right === '@') return true
  if (stars > 2 && /[A-Za-z0-9]/.test(left) && /[A-Za-z0-9]/.test(right))
    return stars > 3 || /\d/.test(left + right)
  const isFirstLetter = /(?:^|[^\w*])[A-Za-z]$/.test(before.slice(-2))
  const isWord = isFirstLetter && /^[A-Za-z]{1,3}(?![\w*])/.test(text.slice(to, to + 4))
  if (!isWord && !(stars > 2 && ENDS_WORD.test(right))) return false
  const isInBold = before.replace(MASKED_WORD, '').split('**').length % 2 === 0
  if (isWord && !isInBold) return true
  if (!ENDS_WORD.test(right)) return false
  if (isFirstLetter && stars > 2 && !before.includes('**')) return true
  return stars > 3 && !isInBold && !before.includes('****')
}

const MASKED_WORD = /(?<![\w*])[A-Za-z]\*{2,6}[A-Za-z]{1,3}(?![\w*])|\*{4,}/g
const ENDS_WORD = /[\s，。、；：！？）」』】》”,.;:!?)\]}"'|]/
