import type { Fields, Node } from './xml.ts'

/** WeChat's largest messages, lists of pictures and articles among them, are far below either. */
const MAX_ELEMENTS = 2000
const MAX_DEPTH = 32
const ROOT = 'xml'

const CDATA = '<![CDATA['
const NAME = String.raw`[\p{L}_][\p{L}\p{N}_:.-]*`
const OPENING = new RegExp(String.raw`<(${NAME})((?:\s+${NAME}\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(/?)>`, 'uy')
const CLOSING = new RegExp(String.raw`</(${NAME})\s*>`, 'uy')
/** Longer names of characters there are none. */
const REFERENCE = /&([^;&]{0,10};)?/g
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp;', '&'],
  ['lt;', '<'],
  ['gt;', '>'],
  ['quot;', '"'],
  ['apos;', "'"],
])

type Open = { name: string; children: Fields | undefined; text: string; isSaid: boolean }

/**
 * The `<xml>` element of a callback's body; undefined when it is malformed, or larger than any message. Each character is
 * looked at a few times at most, whatever the text holds: anybody may send one, and a body is read before it is known who
 * wrote it. So this is no general parser. A DOCTYPE is malformed (no entities, no external anything), as is everything
 * after the first mistake; control characters, empty elements and split CDATA are not.
 */
export const parseXml = (text: string): Fields | undefined => {
  const open: Open[] = []
  let root: Fields | undefined
  let elements = 0
  let isOver = false

  /** Gives what an element has become to the one around it. */
  const give = ({ name, children, text, isSaid }: Open): boolean => {
    const node = children ?? (isSaid || text.trim() !== '' ? text : '')
    const parent = open.at(-1)
    if (parent) {
      parent.children ??= Object.create(null) as Fields
      parent.children[name] = beside(parent.children[name], node)
      return true
    }
    isOver = true
    root = name === ROOT ? children : undefined
    return root !== undefined
  }

  const opening = (at: number): number | undefined => {
    const [whole, name, , slash] = match(OPENING, text, at) ?? []
    elements += 1
    if (whole === undefined || name === undefined || isOver) return undefined
    if (elements > MAX_ELEMENTS || open.length >= MAX_DEPTH) return undefined
    const element = { name, children: undefined, text: '', isSaid: false }
    if (slash === '/') {
      if (!give(element)) return undefined
    } else open.push(element)
    return at + whole.length
  }

  const closing = (at: number): number | undefined => {
    const [whole, name] = match(CLOSING, text, at) ?? []
    const element = open.pop()
    if (whole === undefined || !element || element.name !== name || !give(element)) return undefined
    return at + whole.length
  }

  const cdata = (at: number): number | undefined => {
    const end = text.indexOf(']]>', at)
    const element = open.at(-1)
    if (end < 0 || !element) return undefined
    element.text += text.slice(at + CDATA.length, end)
    element.isSaid = true
    return end + 3
  }

  const passOver = (at: number, end: string): number | undefined => {
    const found = text.indexOf(end, at)
    return found < 0 ? undefined : found + end.length
  }

  const words = (from: number, to: number): boolean => {
    const said = decode(text.slice(from, to))
    const element = open.at(-1)
    if (said === undefined || (!element && said.trim() !== '')) return false
    if (element) element.text += said
    return true
  }

  for (let at = 0; ; ) {
    const markup = text.indexOf('<', at)
    const end = markup < 0 ? text.length : markup
    if (end > at && !words(at, end)) return undefined
    if (markup < 0) return isOver ? root : undefined
    const next = text.startsWith(CDATA, markup)
      ? cdata(markup)
      : text.startsWith('<!--', markup)
        ? passOver(markup + 4, '-->')
        : text.startsWith('<?', markup)
          ? passOver(markup, '?>')
          : text.startsWith('</', markup)
            ? closing(markup)
            : opening(markup)
    if (next === undefined) return undefined
    at = next
  }
}

const match = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** Of one name there may be several. */
const beside = (known: Node | undefined, node: Node): Node => {
  if (known === undefined) return node
  if (!Array.isArray(known)) return [known, node]
  known.push(node)
  return known
}

/** Undefined when a reference means no character. */
const decode = (raw: string): string | undefined => {
  if (!raw.includes('&')) return raw
  let isRight = true
  const decoded = raw.replace(REFERENCE, (_, name: string | undefined) => {
    const character = characterOf(name ?? '')
    isRight &&= character !== undefined
    return character ?? ''
  })
  return isRight ? decoded : undefined
}

const characterOf = (name: string): string | undefined => {
  const [, decimal, hex] = /^#(?:(\d+)|x([\da-f]+));$/i.exec(name) ?? []
  if (decimal === undefined && hex === undefined) return ENTITIES.get(name)
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  return code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}
