import type { Asides, InlineTag } from '../asides.ts'
import { type Line, reworded } from './lines.ts'

/** Tags that mean something in a sentence, and what; the empty ones leave their words alone. */
const INLINE: { [name: string]: InlineTag | '' } = {
  sub: 'sub',
  sup: 'sup',
  b: 'strong',
  strong: 'strong',
  i: 'em',
  em: 'em',
  cite: 'em',
  var: 'em',
  dfn: 'em',
  s: 's',
  del: 's',
  strike: 's',
  mark: 'mark',
  u: '',
  ins: '',
  kbd: '',
  samp: '',
  tt: '',
  code: '',
  font: '',
  span: '',
  small: '',
  big: '',
  abbr: '',
  q: '',
  label: '',
  nobr: '',
  ruby: '',
}
/** Tags around whole paragraphs; a heading's, how many signs it has. */
const BLOCK: { [name: string]: number } = {
  p: 0,
  div: 0,
  center: 0,
  details: 0,
  summary: 0,
  section: 0,
  article: 0,
  header: 0,
  footer: 0,
  main: 0,
  figure: 0,
  figcaption: 0,
  blockquote: 0,
  h1: 1,
  h2: 2,
  h3: 3,
  h4: 4,
  h5: 5,
  h6: 6,
}

const ATTRIBUTE = String.raw`[ \t]+[\w:-]{1,40}(?:=(?:"[^"<>\n]{0,300}"|'[^'<>\n]{0,300}'|[^\s"'=<>${'`'}]{1,100}))?`
const TAG = new RegExp(String.raw`<(/?)([A-Za-z][A-Za-z0-9]{0,11})((?:${ATTRIBUTE}){0,8})[ \t]*/?>`, 'g')
const LINK = /[ \t]href=["']?(https?:\/\/[^"'\s<>()]{1,300})/i

type Tag = { line: number; at: number; length: number; name: string; opens: boolean; attributes: string }

/**
 * The small HTML that models write among Markdown, without its tags. Only what is opened and closed is a tag: of a
 * sentence inside one line, of paragraphs anywhere below. Everything else in angle brackets stays as it was written.
 */
export const withoutTags = (lines: Line[], asides: Asides): Line[] => {
  const tags = pairsIn(lines)
  if (tags.length === 0) return lines.map(withoutRule)
  const byLine = grouped(tags)
  return lines.flatMap((line, number) => {
    const here = byLine.get(number)
    return here ? mended(line, here, asides) : [withoutRule(line)]
  })
}

const grouped = (tags: Tag[]): Map<number, Tag[]> => {
  const byLine = new Map<number, Tag[]>()
  for (const tag of tags) {
    const here = byLine.get(tag.line)
    if (here) here.push(tag)
    else byLine.set(tag.line, [tag])
  }
  for (const here of byLine.values()) here.sort((a, b) => a.at - b.at)
  return byLine
}

const withoutRule = (line: Line): Line =>
  !line.isCode && /^[ \t]*<hr[ \t]*\/?>[ \t]*$/i.test(line.text) ? reworded(line, '---') : line

const pairsIn = (lines: Line[]): Tag[] => {
  const pairs: Tag[] = []
  const blocks = new Map<string, Tag[]>()
  lines.forEach((line, number) => {
    if (line.isCode || !line.text.includes('<')) return
    const inline = new Map<string, Tag[]>()
    for (const { 0: whole, 1: slash, 2: name = '', 3: attributes = '', index } of line.text.matchAll(TAG)) {
      const tag: Tag = {
        line: number,
        at: index,
        length: whole.length,
        name: name.toLowerCase(),
        opens: slash === '',
        attributes,
      }
      const isBlock = Object.hasOwn(BLOCK, tag.name)
      if (!isBlock && !Object.hasOwn(INLINE, tag.name) && tag.name !== 'a') continue
      const open = isBlock ? blocks : inline
      const waiting = open.get(tag.name) ?? []
      open.set(tag.name, waiting)
      if (tag.opens) waiting.push(tag)
      else {
        const opening = waiting.pop()
        if (opening && (tag.name !== 'a' || LINK.test(opening.attributes))) pairs.push(opening, tag)
        if (opening) tag.attributes = opening.attributes
      }
    }
  })
  return pairs
}

/** A paragraph's tag ends the line, unless the line is a row or stands in a list or a quote. */
const mended = (line: Line, tags: Tag[], asides: Asides): Line[] => {
  const isFree = !/^(?: {2,}|\t|[ \t]*(?:[|>]|[-+*][ \t]|\d{1,9}[.)][ \t]))/.test(line.text)
  const out: string[] = ['']
  let done = 0
  const add = (words: string): void => {
    out[out.length - 1] += words
  }
  for (const tag of tags) {
    add(line.text.slice(done, tag.at))
    done = tag.at + tag.length
    const level = BLOCK[tag.name]
    if (level !== undefined) {
      if (isFree) out.push('', level > 0 && tag.opens ? `${'#'.repeat(level)} ` : '')
    } else add(inlineText(tag, line.text.slice(tag.at, done), asides))
  }
  add(line.text.slice(done))
  return out.map((text) => reworded(line, isFree ? text.trimStart() : text))
}

const inlineText = (tag: Tag, written: string, asides: Asides): string => {
  if (tag.name === 'a') return tag.opens ? '[' : `](${LINK.exec(tag.attributes)?.[1] ?? ''})`
  const kept = INLINE[tag.name] ?? ''
  return kept === '' ? '' : asides.put({ kind: 'tag', written, tag: kept, opens: tag.opens })
}
