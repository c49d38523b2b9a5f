import type { Emphasis, LinkReference, PhrasingContent, Strong } from 'mdast'
import { imageText, linkText } from './link.ts'
import type { Scene } from './scene.ts'

/** What stands in a paragraph, a heading or a cell. */
export const inlineText = (nodes: PhrasingContent[], scene: Scene): string =>
  nodes.map((node) => nodeText(node, scene)).join('')

const nodeText = (node: PhrasingContent, scene: Scene): string => {
  const { formulas, addresses } = scene
  switch (node.type) {
    case 'text':
      return formulas.readable(node.value)
    case 'inlineCode':
      return formulas.verbatim(node.value)
    case 'html':
      return htmlText(formulas.verbatim(node.value))
    case 'break':
      return '\n'
    case 'emphasis':
    case 'strong':
      return emphasized(node, scene)
    case 'delete':
      // The words alone would say the opposite.
      return `~~${inlineText(node.children, scene)}~~`
    case 'link':
      return linkText(inlineText(node.children, scene), formulas.verbatim(node.url))
    case 'linkReference':
      return linkReferenceText(node, scene)
    case 'image':
      return imageText(formulas.readable(node.alt ?? ''), formulas.verbatim(node.url))
    case 'imageReference':
      return imageText(formulas.readable(node.alt ?? ''), addresses.byIdentifier.get(node.identifier))
    case 'footnoteReference':
      return `[${node.label ?? node.identifier}]`
    default:
      return ''
  }
}

/** Tags are shown as they are; a line break is one. */
export const htmlText = (html: string): string => html.replace(/<br *\/?>/gi, '\n')

/** A reference by number stays one, [1], and its address stays where the text defines it. */
const linkReferenceText = (node: LinkReference, scene: Scene): string => {
  const text = inlineText(node.children, scene)
  const url = scene.addresses.byIdentifier.get(node.identifier)
  if (!isNumber(node.identifier))
    return url === undefined ? text : linkText(text, scene.formulas.verbatim(url))
  return node.referenceType === 'full' ? `${text} [${node.identifier}]` : `[${text}]`
}

export const isNumber = (identifier: string): boolean => /^\d+$/.test(identifier)

/**
 * CommonMark also reads emphasis into `2*3*4`, `2**3**4` and `__init__`. Between Latin letters or digits the stars
 * multiply, and a lone lower-case word in double underscores is a name.
 */
const emphasized = (node: Emphasis | Strong, scene: Scene): string => {
  const text = inlineText(node.children, scene)
  const start = node.position?.start.offset
  const end = node.position?.end.offset
  if (start === undefined || end === undefined) return text
  const { source } = scene.formulas
  const marker = source.slice(start, start + (node.type === 'strong' ? 2 : 1))
  const isProduct = marker.startsWith('*') && isFactor(source[start - 1]) && isFactor(source[end])
  const isName = marker === '__' && /^[a-z][a-z0-9_]*$/.test(text)
  return isProduct || isName ? marker + text + marker : text
}

const isFactor = (char: string | undefined): boolean => char !== undefined && /[0-9A-Za-z()]/.test(char)
