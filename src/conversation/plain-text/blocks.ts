import type { BlockContent, Definition, DefinitionContent, Heading, List, ListItem, RootContent } from 'mdast'
import { htmlText, inlineText, isNumber } from './inlines.ts'
import { shownUrl } from './link.ts'
import type { Scene } from './scene.ts'
import { tableText } from './table.ts'

/** Code keeps its own indentation, whatever it stands in. */
type Line = { text: string; isCode?: boolean }

/** The lines of a text's blocks, a blank one between two of them. */
export const blockLines = (nodes: RootContent[], scene: Scene): Line[] =>
  joined(
    nodes.map((node) => nodeLines(node, scene)),
    true,
  )

const nodeLines = (node: RootContent, scene: Scene): Line[] => {
  const { formulas } = scene
  switch (node.type) {
    case 'paragraph':
      return lines(inlineText(node.children, scene))
    case 'heading':
      return lines(headingText(node, scene))
    case 'code':
      return formulas
        .verbatim(node.value)
        .split('\n')
        .map((text) => ({ text, isCode: true }))
    case 'html':
      return lines(htmlText(formulas.verbatim(node.value)))
    case 'thematicBreak':
      return lines('──────')
    case 'blockquote':
      return blockLines(node.children, scene).map(({ text }) => ({ text: `> ${text}` }))
    case 'list':
      return listLines(node, scene)
    case 'table':
      return lines(tableText(node, scene))
    case 'footnoteDefinition':
      return marked(`[${node.label ?? node.identifier}] `, '', blockLines(node.children, scene))
    case 'definition':
      return definitionLines(node, scene)
    default:
      return []
  }
}

const lines = (text: string): Line[] => (text === '' ? [] : text.split('\n').map((line) => ({ text: line })))

const joined = (parts: Line[][], isSpread: boolean): Line[] =>
  parts
    .filter((part) => part.length > 0)
    .flatMap((part, i) => (i > 0 && isSpread ? [{ text: '' }, ...part] : part))

/** Long or finished with a full stop, it is a sentence above a row of dashes rather than a title. */
const headingText = (node: Heading, scene: Scene): string => {
  const text = inlineText(node.children, scene).trim()
  return text === '' || text.length > 40 || /[\n【】]|[。！？；，,;.]$/.test(text) ? text : `【${text}】`
}

const listLines = (list: List, scene: Scene): Line[] => {
  const numbers = itemNumbers(list, scene)
  const items = list.children.map((item, i) => itemLines(item, numbers?.[i], scene))
  return joined(items, list.spread ?? false)
}

const itemLines = (item: ListItem, number: string | undefined, scene: Scene): Line[] => {
  const box = item.checked === true ? '☑ ' : item.checked === false ? '☐ ' : undefined
  const sign = number === undefined ? (box ?? '• ') : `${number} ${box ?? ''}`
  const parts = item.children.map((child: BlockContent | DefinitionContent) => nodeLines(child, scene))
  return marked(sign, number === undefined ? '  ' : '   ', joined(parts, item.spread ?? false))
}

/** Numbers as written, for a text may count down or leave some out; `1. 1. 1.`, which Markdown allows, is counted. */
const itemNumbers = (list: List, scene: Scene): string[] | undefined => {
  if (!list.ordered) return undefined
  const start = list.start ?? 1
  const written = list.children.map((item) => {
    const at = item.position?.start.offset ?? 0
    return /^\d{1,9}[.)]/.exec(scene.formulas.source.slice(at, at + 10))?.[0]
  })
  const isCounted = written.length > 1 && written[0] === written[1]
  return written.map((mark, i) =>
    isCounted || mark === undefined ? `${start + i}${mark?.at(-1) ?? '.'}` : mark,
  )
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
const definitionLines = (node: Definition, { formulas, addresses }: Scene): Line[] => {
  const shown = shownUrl(formulas.verbatim(node.url))
  const isBesideLink = addresses.used.has(node.identifier) && !isNumber(node.identifier)
  return isBesideLink || shown === undefined ? [] : lines(`[${node.label ?? node.identifier}] ${shown}`)
}
