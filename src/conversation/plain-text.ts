import { closeBoldBesideCjk } from '../markdown/bold-beside-cjk.ts'
import { cleanText } from '../markdown/clean-text.ts'
import { setFormulasAside } from '../markdown/formulas.ts'
import { addressesIn } from './plain-text/addresses.ts'
import { blockLines } from './plain-text/blocks.ts'
import { defuse, tidy } from './plain-text/clean.ts'
import { formulaText } from './plain-text/formula.ts'
import { parseMarkdown } from './plain-text/parse.ts'

/** In UTF-16 units; several times the longest answer of a model. */
const maxLength = 120_000

/**
 * A model's Markdown (CommonMark, GFM, TeX formulas) as text for a client that renders none of it.
 *
 * Total: any string gives a well-formed one, trimmed, with at most one blank line in a row, no control characters but
 * newline and tab, and no `<a …>` tag. Text too long or too tangled to parse quickly comes back as it is, only cleaned
 * and defused.
 */
export const toPlainText = (markdown: string): string => {
  const text = cleanText(markdown)
  // Markup with nothing in it, a lone ">", is what it looks like.
  return finished(rendered(text) ?? '') || finished(text)
}

const finished = (text: string): string => tidy(defuse(cleanText(text)))

const rendered = (text: string): string | undefined => {
  if (text.length > maxLength) return undefined
  // A second blank line means nothing in Markdown, but costs a look at every open list and quote.
  const formulas = setFormulasAside(closeBoldBesideCjk(text.replace(/\n{3,}/g, '\n\n')), ({ tex }) =>
    formulaText(tex),
  )
  const root = parseMarkdown(formulas.source)
  if (!root) return undefined
  return blockLines(root.children, { formulas, addresses: addressesIn(root) })
    .map((line) => line.text)
    .join('\n')
}
