import MarkdownIt, { type Token } from 'markdown-it'
import { escapeHtml } from './escape-html.ts'
import { type InlineParts, inlineHtmlTokens, wordsOf } from './inline-html.ts'

export type HtmlParts = InlineParts & {
  codeHtml: (code: string, info: string) => string
  /** Whoever shows the answer has the first headings. */
  headingsDown: number
}

/** Writes what was read as HTML. A table scrolls in a box of its own, called `tableLabel`. */
export const createHtml = (tableLabel: string) => {
  const { renderer, options } = new MarkdownIt({ html: false, breaks: true })
  renderer.rules.raw = (tokens, at) => tokens[at]?.content ?? ''
  renderer.rules.definition = () => ''
  renderer.rules.table_open = () =>
    `<div class="table" tabindex="0" role="group" aria-label="${escapeHtml(tableLabel)}"><table>\n`
  renderer.rules.table_close = () => '</table></div>\n'
  return {
    /** Makes them fit to be shown, in place, each once. */
    dress: (tokens: Token[], parts: HtmlParts): void => dressTokens(tokens, parts),
    htmlOf: (dressed: Token[]): string => renderer.render(dressed, options, {}),
  }
}

const dressTokens = (tokens: Token[], parts: HtmlParts): void => {
  tokens.forEach((token, at) => {
    if (token.type === 'inline') {
      const written = token.children ?? []
      if (tokens[at - 1]?.type === 'td_open') size(tokens[at - 1], wordsOf(written))
      token.children = inlineHtmlTokens(written, parts)
      if (tokens[at - 2]?.type === 'list_item_open') tickOff(tokens[at - 2], token.children[0])
    } else if (token.type === 'fence' || token.type === 'code_block') {
      token.content = parts.codeHtml(token.content, token.info.trim())
      token.type = 'raw'
    } else dress(token, parts.headingsDown)
  })
}

/** Alignment goes by class, as no inline style is allowed. */
const dress = (token: Token, headingsDown: number): void => {
  if (token.type === 'heading_open' || token.type === 'heading_close') {
    token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + headingsDown)}`
  }
  const align = /^text-align:(left|center|right)$/.exec(String(token.attrGet('style') ?? ''))?.[1]
  if (align !== undefined) token.attrs = [['class', align]]
}

/** On a phone a table is wider than the screen: a short cell stays on one line, a long one gets room. */
const size = (cell: Token | undefined, words: string): void => {
  if (words.length <= 8) cell?.attrJoin('class', 'short')
  else if (words.length > 20) cell?.attrJoin('class', 'long')
}

/** `- [x] done` */
const tickOff = (item: Token | undefined, first: Token | undefined): void => {
  if (first?.type !== 'text') return
  const box = /^\[([ xX])\] +/.exec(first.content)
  if (!box) return
  first.content = `${box[1] === ' ' ? '☐' : '☑'} ${first.content.slice(box[0].length)}`
  item?.attrSet('class', 'task')
}
