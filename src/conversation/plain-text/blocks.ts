import type { Definition, Token } from '../../markdown/read-markdown.ts'
import { inlineText } from './inlines.ts'
import { shownUrl } from './link.ts'
import { isNumber, type Scene } from './scene.ts'
import { tableText } from './table.ts'
import type { Block } from './tree.ts'

/** Code keeps its own indentation, whatever it stands in. */
type Line = { text: string; isCode?: boolean }

/** The lines of a text's blocks, a blank one between two of them. */
export const blockLines = (blocks: Block[], scene: Scene): Line[] =>
  joined(
    blocks.map((block) => linesOf(block, scene)),
    () => true,
  )

const linesOf = ({ token, children }: Block, scene: Scene): Line[] => {
  switch (token.type) {
    case 'paragraph_open':
      return lines(contentOf(children, scene))
    case 'heading_open':
      return lines(headingText(contentOf(children, scene)))
    case 'fence':
    case 'code_block':
      return codeOf(token).map((text) => ({ text, isCode: true }))
    case 'hr':
      return lines('──────')
    case 'blockquote_open':
      return blockLines(children, scene).map(({ text }) => ({ text: `> ${text}` }))
    case 'bullet_list_open':
    case 'ordered_list_open':
      return listLines(children, scene)
    case 'table_open':
      return lines(tableText(children, scene))
    case 'definition':
      return definitionLines(token, scene)
    default:
      return []
  }
}

const contentOf = (children: Block[], scene: Scene): string =>
  children.map(({ token }) => inlineText(token.children ?? [], scene)).join('')

const codeOf = (token: Token): string[] => token.content.replace(/\n$/, '').split('\n')

const lines = (text: string): Line[] => (text === '' ? [] : text.split('\n').map((line) => ({ text: line })))

const joined = (parts: Line[][], isSpread: (at: number) => boolean): Line[] => {
  const out: Line[] = []
  parts.forEach((part, at) => {
    if (part.length === 0) return
    if (out.length > 0 && isSpread(at)) out.push({ text: '' })
    for (const line of part) out.push(line)
  })
  return out
}

/** Long or finished with a full stop, it is a sentence rather than a title. */
const headingText = (words: string): string => {
  const text = words.trim()
  return text === '' || text.length > 40 || /[\n【】]|[。！？；，,;.]$/.test(text) ? text : `【${text}】`
}

/** Blank lines stand between the items where one was written between any two of them. */
const listLines = (items: Block[], scene: Scene): Line[] => {
  const numbers = itemNumbers(items)
  const isSpread = items.some((item, at) => at > 0 && isBelowBlank(item, scene))
  return joined(
    items.map((item, at) => itemLines(item, numbers?.[at], scene)),
    () => isSpread,
  )
}

const isBelowBlank = ({ token }: Block, { reading }: Scene): boolean => {
  const above = reading.lines[(token.map?.[0] ?? 0) - 1]
  return above !== undefined && !/[^ \t>]/.test(above.text)
}

const itemLines = (item: Block, number: string | undefined, scene: Scene): Line[] => {
  const box = boxOf(item)
  const sign = number === undefined ? (box ?? '• ') : `${number} ${box ?? ''}`
  const isSpread = item.children.some((child, at) => at > 0 && isBelowBlank(child, scene))
  const parts = item.children.map((child) => linesOf(child, scene))
  return marked(
    sign,
    number === undefined ? '  ' : '   ',
    joined(parts, () => isSpread),
  )
}

/** `[x] ` and `[ ] `, taken away from the words behind them. */
const boxOf = ({ children }: Block): string | undefined => {
  const first = children[0]?.children[0]?.token.children?.[0]
  const box = first?.type === 'text' ? /^\[([ xX])\] +/.exec(first.content) : null
  if (!first || !box) return undefined
  first.content = first.content.slice(box[0].length)
  return box[1] === ' ' ? '☐ ' : '☑ '
}

/** Numbers as written, for a text may count down or leave some out; `1. 1. 1.`, which Markdown allows, is counted. */
const itemNumbers = (items: Block[]): string[] | undefined => {
  const written = items.map(({ token }) => (token.info === '' ? undefined : token.info))
  if (written[0] === undefined) return undefined
  const isCounted = written.length > 1 && written[0] === written[1]
  const start = Number(written[0])
  return items.map(({ token }, at) => `${isCounted ? start + at : token.info}${token.markup}`)
}

const marked = (sign: string, indent: string, content: Line[]): Line[] => {
  const [first, ...rest] = content.length > 0 ? content : [{ text: '' }]
  if (first?.isCode) return [{ text: sign }, ...content]
  return [
    { text: sign + (first?.text ?? '') },
    ...rest.map((line) => (line.isCode || line.text === '' ? line : { text: indent + line.text })),
  ]
}

/** Numbered sources are read below the text; others stand beside their links, if there are any. */
const definitionLines = (token: Token, { used }: Scene): Line[] => {
  const { label, url } = token.meta as Definition
  const shown = shownUrl(url)
  const isBesideLink = used.has(url) && !isNumber(label)
  return isBesideLink || shown === undefined ? [] : lines(`[${label}] ${shown}`)
}
