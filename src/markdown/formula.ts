import { hasTexWord, isTexWord } from './tex-words.ts'

/** TeX without its delimiters; `display` when they set it on a line of its own. */
export type Formula = { tex: string; display: boolean; written: string }

/**
 * The TeX between two delimiters. A line of a quote begins with its sign; blank lines mean nothing; and where every
 * backslash is doubled, as in a string of JSON, one of the two is meant.
 */
export const texOf = (inside: string): string => {
  const tex = inside.replace(/\n[ \t]*(?:> ?)+/g, '\n').replace(/\n[ \t]*(?=\n)/g, '')
  return isDoubled(tex) ? tex.replaceAll('\\\\', '\\') : tex
}

/** `\\alpha` is a command; `a \\ b` ends a row. */
const isDoubled = (tex: string): boolean => {
  let doubled = false
  for (const [, slashes = '', name = ''] of tex.matchAll(/(\\+)([A-Za-z]+|)/g)) {
    if (name !== '' && slashes.length % 2 === 1) return false
    if (slashes.length === 2 && isTexWord(name)) doubled = true
  }
  return doubled
}

/** Escaped brackets and two prices on a line are not formulas: they hold words and nothing of TeX. */
export const isProse = (tex: string): boolean =>
  !/[\\^_={}]/.test(tex) && /\p{Script=Han}|\p{L}{2,}\s+\p{L}{2,}/u.test(tex)

/** What only a formula looks like: enough to find one where its delimiters are lost, or where prices have the same ones. */
export const isSurelyTex = (tex: string): boolean => {
  if (/[\ufdd0\ufdd1]/.test(tex)) return false
  const said = tex.replace(/\\[a-z]*(?:text|mbox|rm|ce|pu)[a-z]*\s?\{[^{}]*\}/g, '')
  if (/[\u2e80-\u9fff\uff00-\uffef]/.test(said)) return false
  return hasTexWord(tex) || SCRIPT.test(said)
}

/** `x^2`, `a_{ij}`, `)^n`, but not `snake_c`. */
const SCRIPT =
  /(?:(?:^|[^A-Za-z0-9_])[A-Za-z]|[)}|]|[A-Za-z0-9](?=\^))[\^_](?:\{[^{}]+\}|[A-Za-z0-9+*-](?![A-Za-z0-9_]))/

/** Blank lines within two delimiters, and words between them: the delimiters belong to others. */
export const isTorn = (inside: string): boolean =>
  /\n[ \t>]*\n/.test(inside) &&
  /[\u2e80-\u9fff]/.test(inside.replace(/\\[a-z]*(?:text|mbox|rm)[a-z]*\s?\{[^{}]*\}/g, ''))

/** Between spaced dollars: a formula as short as `n + 1`. Two amounts with a sign between them are none. */
export const isPlainlyMath = (tex: string): boolean =>
  /^[A-Za-z]$/.test(tex.trim()) ||
  (/[=<>+*/^-]/.test(tex) &&
    /[A-Za-z]/.test(tex) &&
    !/[A-Za-z]{2}/.test(tex) &&
    /^[\w\s=<>+*/^().,|'!-]+$/.test(tex))
