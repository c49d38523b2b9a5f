import MarkdownIt, { type Token } from 'markdown-it'
import { withoutHelpers } from './bold-beside-cjk.ts'
import type { FormulaHtml } from './formula-span.ts'
import type { Formulas } from './formulas.ts'
import { unmarkProducts } from './products.ts'

export type InlineParts = {
  formulas: Formulas
  formulaHtml: FormulaHtml
  /** The words of a picture's link. */
  imageText: (alt: string) => string
  plainText: (tokens: Token[]) => string
  /** Links leave what is being read where it is. */
  newTab: boolean
}

/** Signs without a meaning in HTML, right behind a formula. */
const CLOSING = /^[，。；：！？、）」』】》,.;:!?)]{1,3}/

const closingOf = (next: unknown): string => (typeof next === 'string' ? (CLOSING.exec(next)?.[0] ?? '') : '')

const ALLOWED_URL = /^(?:https?:\/\/|mailto:)/i

/**
 * What the parser found in a line, made fit to be shown: formulas in their places, links that lead to the web or to a
 * mailbox and nowhere else, pictures as links so that none is fetched from a stranger's server.
 */
export const inlineTokens = (tokens: Token[], parts: InlineParts): Token[] => {
  const { formulas } = parts
  const out: Token[] = []
  let isInLink = false

  const text = (content: string): void => {
    const pieces = formulas.pieces(content)
    for (const [at, piece] of pieces.entries()) {
      const next = pieces[at + 1]
      if (typeof piece !== 'string') push('raw', parts.formulaHtml(piece, closingOf(next)))
      else push('text', withoutHelpers(at === 0 ? piece : piece.replace(CLOSING, '')))
    }
  }
  const push = (type: 'text' | 'raw', content: string): void => {
    if (content === '') return
    const token = new MarkdownIt.Token(type, '', 0)
    token.content = content
    out.push(token)
  }
  const openLink = (url: string): void => {
    const token = new MarkdownIt.Token('link_open', 'a', 1)
    token.attrs = [
      ['href', url],
      ['rel', 'noopener noreferrer nofollow'],
      ...(parts.newTab ? [['target', '_blank'] as [string, string]] : []),
    ]
    out.push(token)
    isInLink = true
  }
  const closeLink = (): void => {
    if (isInLink) out.push(new MarkdownIt.Token('link_close', 'a', -1))
    isInLink = false
  }
  const urlOf = (token: Token, name: string): string | undefined => {
    const url = written(String(token.attrGet(name) ?? ''), formulas)
    return ALLOWED_URL.test(url) ? url : undefined
  }

  unmarkProducts(tokens).forEach((token, at) => {
    if (token.type === 'text') text(isReference(tokens, at) ? `[${token.content}]` : token.content)
    else if (token.type === 'code_inline') {
      token.content = withoutHelpers(formulas.verbatim(token.content))
      out.push(token)
    } else if (token.type === 'link_open') {
      const url = urlOf(token, 'href')
      if (url !== undefined) openLink(url)
    } else if (token.type === 'link_close') closeLink()
    else if (token.type === 'image') {
      const alt = formulas.readable(parts.plainText(token.children ?? [])).trim()
      const url = urlOf(token, 'src')
      const isLink = url !== undefined && !isInLink
      if (isLink) openLink(url)
      text(parts.imageText(alt))
      if (isLink) closeLink()
    } else out.push(token)
  })
  return out
}

/** An address as it was written: the parser has percent-encoded what stands for a formula. */
const written = (url: string, formulas: Formulas): string => {
  const back = url.replaceAll('%EF%BF%BC', '').replace(/%EF%B7%90(\d+)%EF%B7%91/g, '\ufdd0$1\ufdd1')
  return back.includes('\ufdd0') ? encodeURI(formulas.verbatim(back)) : back
}

/** `[1]`, whose address stands at the end of the text. */
const isReference = (tokens: Token[], at: number): boolean =>
  tokens[at - 1]?.type === 'link_open' &&
  tokens[at + 1]?.type === 'link_close' &&
  /^\d+$/.test(tokens[at]?.content ?? '')
