import MarkdownIt, { type Token } from 'markdown-it'
import type { Formula } from './formula.ts'
import type { FormulaHtml } from './formula-span.ts'

export type InlineParts = {
  formulaHtml: FormulaHtml
  /** The words of a picture's link. */
  imageText: (alt: string) => string
  /** Links leave what is being read where it is. */
  newTab: boolean
}

/** Signs without a meaning in HTML, right behind a formula. */
const CLOSING = /^[，。；：！？、）」』】》,.;:!?)]{1,3}/

const ALLOWED_URL = /^(?:https?:\/\/|mailto:)/i

const encoder = new MarkdownIt()

/**
 * What was read in a line, made fit to be shown: formulas in their places, links that lead to the web or to a mailbox and
 * nowhere else, pictures as links so that none is fetched from a stranger's server.
 */
export const inlineHtmlTokens = (tokens: Token[], parts: InlineParts): Token[] => {
  const out: Token[] = []
  let isInLink = false

  const push = (type: 'text' | 'raw', content: string): void => {
    if (content === '') return
    const token = new MarkdownIt.Token(type, '', 0)
    token.content = content
    out.push(token)
  }
  const openLink = (url: string): void => {
    const token = new MarkdownIt.Token('link_open', 'a', 1)
    token.attrs = [
      ['href', encoder.normalizeLink(url)],
      ['rel', 'noopener noreferrer nofollow'],
    ]
    if (parts.newTab) token.attrs.push(['target', '_blank'])
    out.push(token)
    isInLink = true
  }
  const closeLink = (): void => {
    if (isInLink) out.push(new MarkdownIt.Token('link_close', 'a', -1))
    isInLink = false
  }

  tokens.forEach((token, at) => {
    if (token.type === 'formula') {
      const closing = closingOf(tokens[at + 1])
      push('raw', parts.formulaHtml(token.meta as Formula, closing))
    } else if (token.type === 'text') {
      const content = tokens[at - 1]?.type === 'formula' ? token.content.replace(CLOSING, '') : token.content
      push(
        'text',
        isReference(tokens, at) ? `[${content}]` : isAddress(tokens, at) ? readable(content) : content,
      )
    } else if (token.type === 'link_open') {
      const url = urlOf(token, 'href')
      if (url !== undefined) openLink(url)
    } else if (token.type === 'link_close') closeLink()
    else if (token.type === 'image') {
      const url = urlOf(token, 'src')
      const isLink = url !== undefined && !isInLink
      if (isLink) openLink(url)
      push('text', parts.imageText(wordsOf(token.children ?? []).trim()))
      if (isLink) closeLink()
    } else if (token.type !== 'softbreak' || !(isDisplay(tokens[at - 1]) || isDisplay(tokens[at + 1])))
      out.push(token)
  })
  return out
}

/** Such a formula stands on a line of its own anyway. */
const isDisplay = (token: Token | undefined): boolean =>
  token?.type === 'formula' && (token.meta as Formula).display

const closingOf = (next: Token | undefined): string =>
  next?.type === 'text' ? (CLOSING.exec(next.content)?.[0] ?? '') : ''

const urlOf = (token: Token, name: string): string | undefined => {
  const url = String(token.attrGet(name) ?? '').trim()
  return ALLOWED_URL.test(url) ? url : undefined
}

/** What is said in these tokens, without its marks. */
export const wordsOf = (tokens: Token[]): string =>
  tokens
    .map((token) =>
      token.type === 'softbreak' || token.type === 'hardbreak'
        ? '\n'
        : token.content || wordsOf(token.children ?? []),
    )
    .join('')

/** `[1]`, whose address stands at the end of the text. */
const isReference = (tokens: Token[], at: number): boolean =>
  tokens[at - 1]?.type === 'link_open' &&
  tokens[at + 1]?.type === 'link_close' &&
  /^\d+$/.test(tokens[at]?.content ?? '')

const isAddress = (tokens: Token[], at: number): boolean =>
  tokens[at - 1]?.type === 'link_open' && tokens[at - 1]?.info === 'auto'

const readable = (url: string): string => encoder.normalizeLinkText(url)
