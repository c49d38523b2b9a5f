import { formulaText } from '../../conversation/plain-text/formula.ts'
import { closeBoldBesideCjk } from '../../markdown/bold-beside-cjk.ts'
import { cleanText } from '../../markdown/clean-text.ts'
import { createMarkdown } from '../../markdown/create-markdown.ts'
import { dressTokens } from '../../markdown/dress-tokens.ts'
import { escapeHtml } from '../../markdown/escape-html.ts'
import { setFormulasAside } from '../../markdown/formulas.ts'
import { createCodeHtml } from './code-html.ts'
import { createFormulaHtml } from './formula-html.ts'
import type { PageTexts } from './texts.ts'

/** In UTF-16 units; several times the longest answer of a model. */
const maxLength = 200_000

/**
 * A model's Markdown as HTML that holds no script, no style and nothing that loads by itself: every tag is written here,
 * by the parser, by highlight.js or by KaTeX, none by the answer. Total: what is too long or cannot be rendered is shown
 * as it was written.
 */
export const createAnswerHtml = (texts: PageTexts, onFailure: (err: unknown) => void) => {
  const md = createMarkdown(texts.table)

  const rendered = (text: string): string => {
    const formulas = setFormulasAside(text, ({ tex }) => formulaText(tex))
    const tokens = md.parse(closeBoldBesideCjk(formulas.source), {})
    dressTokens(md, tokens, {
      ...{ formulas, formulaHtml: createFormulaHtml(), codeHtml: createCodeHtml(texts.code) },
      ...{ imageText: texts.image, headingsDown: 1, newTab: false },
    })
    return md.renderer.render(tokens, md.options, {})
  }

  return (answer: string): string => {
    const text = cleanText(answer)
    try {
      if (text.length <= maxLength) return rendered(text)
    } catch (err) {
      onFailure(err)
    }
    return `<div class="plain">${escapeHtml(text)}</div>`
  }
}
