import type { Token } from 'markdown-it'
import { withoutHelpers } from './bold-beside-cjk.ts'
import type { Markdown } from './create-markdown.ts'
import { type InlineParts, inlineTokens } from './inline-tokens.ts'

export type BlockParts = Omit<InlineParts, 'plainText'> & {
  codeHtml: (code: string, info: string) => string
  /** Whoever shows the answer has the first headings. */
  headingsDown: number
}

/** What the parser found, made fit to be shown, in place. */
export const dressTokens = (md: Markdown, tokens: Token[], parts: BlockParts): void => {
  const { formulas, codeHtml, headingsDown } = parts
  const plainText = (inside: Token[]) => md.renderer.renderInlineAsText(inside, md.options, {})
  tokens.forEach((token, at) => {
    if (token.type === 'inline') {
      token.children = inlineTokens(token.children ?? [], { ...parts, plainText })
      if (tokens[at - 2]?.type === 'list_item_open') tickOff(tokens[at - 2], token.children[0])
      if (tokens[at - 1]?.type === 'td_open') size(tokens[at - 1], token)
    } else if (token.type === 'fence' || token.type === 'code_block') {
      const code = withoutHelpers(formulas.verbatim(token.content))
      token.type = 'raw'
      token.content = codeHtml(code, token.info.trim())
    } else dress(token, headingsDown)
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
