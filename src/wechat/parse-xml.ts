import { Parser } from 'xml2js'
import { type Fields, isFields } from './xml.ts'

/** WeChat's largest messages, lists of pictures and articles among them, are far below. */
const MAX_ELEMENTS = 2000
const ROOT = 'xml'
const COMMENT = '<!--'
const CDATA = '<![CDATA['

/**
 * The `<xml>` element of a callback's body; undefined when it is malformed, or larger than any message. Any declaration
 * makes it malformed (no DOCTYPE, no entities, no external anything); control characters, empty elements and split CDATA
 * do not. Attributes mean nothing.
 *
 * Anybody may send a body, and it is read before it is known who wrote it. The parser's time is quadratic in what begins
 * like a declaration, so that it gets none to see; and each mistake costs it as much as an element, so that it stops at the
 * first.
 */
export const parseXml = (text: string): Fields | undefined => {
  if (!isWithinBounds(text)) return undefined
  const parser = new Parser({ explicitArray: false, ignoreAttrs: true, emptyTag: '' })
  saxOf(parser).onerror = (error) => {
    throw error
  }
  let root: unknown
  try {
    parser.parseString(text, (error: Error | null, result: unknown) => {
      root = !error && isFields(result) ? result[ROOT] : undefined
    })
  } catch {
    return undefined
  }
  return isFields(root) ? root : undefined
}

/** "<!DOCTYPE" may be what a user wrote: inside CDATA nothing is looked at. */
const isWithinBounds = (text: string): boolean => {
  let elements = 0
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    const end = text.startsWith(CDATA, at) ? ']]>' : text.startsWith(COMMENT, at) ? '-->' : undefined
    if (end !== undefined) {
      const found = text.indexOf(end, at + COMMENT.length)
      if (found < 0) return false
      at = found + end.length
      continue
    }
    if (text[at + 1] === '!') return false
    if (text[at + 1] !== '/') elements += 1
    if (elements > MAX_ELEMENTS) return false
    at += 1
  }
  return true
}

type Sax = { onerror: (error: Error) => void }

const saxOf = (parser: Parser & { saxParser?: Sax }): Sax => {
  if (!parser.saxParser)
    throw new Error('xml2js no longer exposes its parser: it would not stop at a mistake')
  return parser.saxParser
}
