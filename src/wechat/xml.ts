import { Parser } from 'xml2js'

/** One element: its text, its children by name, or several of one name. */
export type Node = string | Node[] | { [name: string]: Node }
export type Fields = { [name: string]: Node }

export const isFields = (node: unknown): node is Fields =>
  typeof node === 'object' && node !== null && !Array.isArray(node)

/** The text of a child, or undefined when it is missing or not plain text. An empty element is ''. */
export const textOf = (fields: Fields | undefined, name: string): string | undefined => {
  const node = fields?.[name]
  if (typeof node === 'string') return node
  // An element with attributes holds its text beside them.
  if (isFields(node) && typeof node._ === 'string') return node._
  return undefined
}

/** A name, id or key: space around its CDATA, as in some card events, is not part of it. */
export const wordOf = (fields: Fields | undefined, name: string): string | undefined =>
  textOf(fields, name)?.trim()

export const childOf = (fields: Fields | undefined, name: string): Fields | undefined => {
  const node = fields?.[name]
  return isFields(node) ? node : undefined
}

/** Children of one name, however many there are. */
export const listOf = (fields: Fields | undefined, name: string): Fields[] => {
  const node = fields?.[name]
  return (Array.isArray(node) ? node : [node]).filter(isFields)
}

const WELL_FORMED_ROOT = 'xml'

/**
 * A callback body's `<xml>` element, or undefined when it is malformed. Any DOCTYPE makes it malformed (no entities,
 * no external anything); control characters, empty elements and split CDATA do not.
 */
export const parseXml = (text: string): Fields | undefined => {
  const parser = new Parser({ explicitArray: false, ignoreAttrs: false, emptyTag: '' })
  let doctype = false
  let root: unknown
  // The words "<!DOCTYPE" may stand inside a user's CDATA, so the parser is asked instead of the text.
  saxOf(parser).ondoctype = () => {
    doctype = true
  }
  try {
    parser.parseString(text, (error: Error | null, result: unknown) => {
      if (!error) root = isFields(result) ? result[WELL_FORMED_ROOT] : undefined
    })
  } catch {
    return undefined
  }
  return !doctype && isFields(root) ? root : undefined
}

type Sax = { ondoctype: () => void }

const saxOf = (parser: Parser & { saxParser?: Sax }): Sax => {
  if (!parser.saxParser) throw new Error('xml2js no longer exposes its sax parser: DOCTYPE cannot be refused')
  return parser.saxParser
}

/** A JSON body in the same shape: scalars become text, so that one reader serves both formats. */
export const parseJsonFields = (text: string): Fields | undefined => {
  let value: unknown
  try {
    // Ids beyond 2^53 lose digits as numbers; the source text of the number is kept instead.
    value = JSON.parse(text, (_key, parsed, context?: { source?: string }) =>
      typeof parsed === 'number' ? (context?.source ?? String(parsed)) : parsed,
    )
  } catch {
    return undefined
  }
  const node = toNode(value)
  return isFields(node) ? node : undefined
}

const toNode = (value: unknown): Node => {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(toNode)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, toNode(child)]))
  return value === null || value === undefined ? '' : String(value)
}

/** CDATA holds anything but its own end mark, which is split over two sections. */
export const cdata = (text: string): string => `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`
