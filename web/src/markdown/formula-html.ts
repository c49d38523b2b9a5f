import { escapeHtml } from '../../../src/markdown/escape-html.ts'
import { type FormulaHtml, formulaSpan } from '../../../src/markdown/formula-span.ts'
import { onDemand } from './on-demand.ts'

const typesetter = onDemand(() => import('../../../src/markdown/typeset.ts'))
const chemist = onDemand(() => import('../../../src/markdown/chemistry.ts'))

/** Of one answer. What comes after is shown as it was written. */
const maxFormulas = 500
const CHEMISTRY = /\\(?:ce|pu)(?![A-Za-z])/

/** Sets formulas as soon as the typesetter is there, each once; until then as they were written. */
export const createFormulaHtml = (more: () => void): FormulaHtml => {
  const set = new Map<string, string | undefined>()
  const mathMl = (tex: string, display: boolean): string | undefined => {
    const key = `${display}${tex}`
    if (set.has(key)) return set.get(key)
    const parts = set.size < maxFormulas ? typesetter(more) : undefined
    if (!parts || (CHEMISTRY.test(tex) && !chemist(more))) return undefined
    const html = parts.typeset(tex, display)
    set.set(key, html)
    return html
  }
  return (formula, closing) => {
    const html = mathMl(formula.tex, formula.display) ?? escapeHtml(formula.written)
    return formulaSpan(html, formula, closing)
  }
}
