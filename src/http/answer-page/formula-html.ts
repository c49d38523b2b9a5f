import katex from 'katex'
import { formulaText } from '../../conversation/plain-text/formula.ts'
import type { Formula } from '../../conversation/plain-text/formulas.ts'
import { escapeHtml } from './escape-html.ts'
import { tuned } from './math-ml.ts'

/** Of one page. What comes after is written as text. */
const maxFormulas = 500
const maxTexChars = 30_000
/** A longer formula within a line may be wider than a phone. */
const wideFrom = 24

/** `closing` is punctuation that must not begin the next line. */
export type FormulaHtml = (formula: Formula, closing: string) => string

/** Sets formulas as MathML, which needs no script and no font; one that is no TeX, or one too many, as readable text. */
export const createFormulaHtml = (): FormulaHtml => {
  let formulas = 0
  let texChars = 0
  return ({ tex, display }, closing) => {
    formulas += 1
    texChars += tex.length
    const inBudget = formulas <= maxFormulas && texChars <= maxTexChars
    const html = (inBudget ? typeset(tex, display) : undefined) ?? escapeHtml(formulaText(tex))
    if (display) return `<span class="formula">${html}</span>${closing}`
    if (tex.length >= wideFrom) return `<span class="wide">${html}</span>${closing}`
    return closing === '' ? html : `<span class="keep">${html}${closing}</span>`
  }
}

const typeset = (tex: string, displayMode: boolean): string | undefined => {
  try {
    // No trust: \href, \includegraphics and \html… are set as their own names.
    const mathMl = katex.renderToString(tex, {
      displayMode,
      output: 'mathml',
      trust: false,
      strict: 'ignore',
      throwOnError: true,
      maxSize: 10,
      maxExpand: 300,
    })
    return tuned(mathMl)
  } catch {
    // Not TeX, or nested too deep for the stack.
    return undefined
  }
}
