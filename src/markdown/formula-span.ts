import type { Formula } from './formula.ts'

/** `closing` is punctuation that must not begin the next line. */
export type FormulaHtml = (formula: Formula, closing: string) => string

/** A longer formula within a line may be wider than a phone. */
const wideFrom = 24

/** A formula's HTML in its place: a line of its own, a box that scrolls, or a word that keeps what closes it. */
export const formulaSpan = (html: string, { tex, display }: Formula, closing: string): string => {
  if (display) return `<span class="formula">${html}</span>${closing}`
  if (tex.length >= wideFrom) return `<span class="wide">${html}</span>${closing}`
  return closing === '' ? html : `<span class="keep">${html}${closing}</span>`
}
