import type { Token } from 'markdown-it'
import { cleanText } from '../../conversation/plain-text/clean.ts'
import { setFormulasAside } from '../../conversation/plain-text/formulas.ts'
import { closeBoldBesideCjk } from '../../conversation/plain-text/parse.ts'
import { createCodeHtml } from './code-html.ts'
import { escapeHtml } from './escape-html.ts'
import { createFormulaHtml } from './formula-html.ts'
import { inlineTokens, withoutHelpers } from './inline-tokens.ts'
import { createMarkdown } from './markdown.ts'
import type { PageTexts } from './texts.ts'

/** In UTF-16 units; several times the longest answer of a model. */
const maxLength = 200_000

/**
 * A model's Markdown as HTML that holds no script, no style and nothing that loads by itself: every tag is written here,
 * by the parser, by highlight.js or by KaTeX, none by the answer. Total: what is too long or cannot be rendered is shown
 * as it was written.
 */
export const createAnswerHtml = (texts: PageTexts, onFailure: (err: unknown) => void) => {
  const md = createMarkdown()
  md.renderer.rules.raw = (tokens, at) => tokens[at]?.content ?? ''
  md.renderer.rules.table_open = () =>
    `<div class="table" tabindex="0" role="region" aria-label="${escapeHtml(texts.table)}"><table>\n`
  md.renderer.rules.table_close = () => '</table></div>\n'

  const rendered = (text: string): string => {
    const formulas = setFormulasAside(text)
    const tokens = md.parse(closeBoldBesideCjk(formulas.source), {})
    const codeHtml = createCodeHtml(texts.code)
    const parts = {
      formulas,
      formulaHtml: createFormulaHtml(),
      imageText: texts.image,
      plainText: (inside: Token[]) => md.renderer.renderInlineAsText(inside, md.options, {}),
    }
    tokens.forEach((token, at) => {
      if (token.type === 'inline') {
        token.children = inlineTokens(token.children ?? [], parts)
        if (tokens[at - 2]?.type === 'list_item_open') tickOff(tokens[at - 2], token.children[0])
        if (tokens[at - 1]?.type === 'td_open') size(tokens[at - 1], token)
      } else if (token.type === 'fence' || token.type === 'code_block') {
        const code = withoutHelpers(formulas.verbatim(token.content))
        token.type = 'raw'
        token.content = codeHtml(code, token.info.trim())
      } else dress(token)
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

/** The page has the first heading; alignment goes by class, as no inline style is allowed. */
const dress = (token: Token): void => {
  if (token.type === 'heading_open' || token.type === 'heading_close') {
    token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + 1)}`
  }
  const align = /^text-align:(left|center|right)$/.exec(String(token.attrGet('style') ?? ''))?.[1]
  if (align !== undefined) token.attrs = [['class', align]]
}

/** On a phone a table is wider than the screen: a short cell stays on one line, a long one gets room. */
const size = (cell: Token | undefined, { content }: Token): void => {
  if (content.length <= 8) cell?.attrJoin('class', 'short')
  else if (content.length > 20) cell?.attrJoin('class', 'long')
}

/** `- [x] done` */
const tickOff = (item: Token | undefined, first: Token | undefined): void => {
  if (first?.type !== 'text') return
  const box = /^\[([ xX])\] +/.exec(first.content)
  if (!box) return
  first.content = `${box[1] === ' ' ? '☐' : '☑'} ${first.content.slice(box[0].length)}`
  item?.attrSet('class', 'task')
}
