import { escapeHtml } from './escape-html.ts'
import type { Formula } from './formulas.ts'
import { onDemand } from './on-demand.ts'

const typesetter = onDemand(() => import('./typeset.ts'))

/** Of one answer. What comes after is shown as it was written. */
const maxFormulas = 500
/** A longer formula within a line may be wider than a phone. */
const wideFrom = 24

/** `closing` is punctuation that must not begin the next line. */
export type FormulaHtml = (formula: Formula, closing: string) => string

/** Sets formulas as soon as the typesetter is there, each once; until then as they were written. */
export const createFormulaHtml = (more: () => void): FormulaHtml => {
  const set = new Map<string, string | undefined>()
  const mathMl = (tex: string, display: boolean): string | undefined => {
    const key = `${display}${tex}`
    if (set.has(key)) return set.get(key)
    const parts = set.size < maxFormulas ? typesetter(more) : undefined
    if (!parts) return undefined
    const html = parts.typeset(tex, display)
    set.set(key, html)
    return html
  }
  return ({ tex, display, written }, closing) => {
    const html = mathMl(tex, display) ?? escapeHtml(written)
    if (display) return `<span class="formula">${html}</span>${closing}`
    if (tex.length >= wideFrom) return `<span class="wide">${html}</span>${closing}`
    return closing === '' ? html : `<span class="keep">${html}${closing}</span>`
  }
}
