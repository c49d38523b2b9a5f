import { formulaText } from '../../conversation/plain-text/formula.ts'
import { escapeHtml } from '../../markdown/escape-html.ts'
import { type FormulaHtml, formulaSpan } from '../../markdown/formula-span.ts'
import '../../markdown/chemistry.ts'
import { typeset } from '../../markdown/typeset.ts'

/** Of one page. What comes after is written as text. */
const maxFormulas = 500
const maxTexChars = 30_000

/** Sets formulas as MathML; one that is no TeX, or one too many, as readable text. */
export const createFormulaHtml = (): FormulaHtml => {
  let formulas = 0
  let texChars = 0
  return (formula, closing) => {
    const { tex, display } = formula
    formulas += 1
    texChars += tex.length
    const inBudget = formulas <= maxFormulas && texChars <= maxTexChars
    const html = (inBudget ? typeset(tex, display) : undefined) ?? escapeHtml(formulaText(tex))
    return formulaSpan(html, formula, closing)
  }
}
