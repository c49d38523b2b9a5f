/** One element: its text, its children by name, or several of one name. */
export type Node = string | Node[] | { [name: string]: Node }
export type Fields = { [name: string]: Node }

export const isFields = (node: unknown): node is Fields =>
  typeof node === 'object' && node !== null && !Array.isArray(node)

/** The text of a child, or undefined when it is missing or not plain text. An empty element is ''. */
export const textOf = (fields: Fields | undefined, name: string): string | undefined => {
  const node = fields?.[name]
  return typeof node === 'string' ? node : undefined
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
