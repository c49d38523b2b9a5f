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
/** Tags around whole paragraphs, and what stands before their words in Markdown. */
const BLOCK: { [name: string]: string } = {
  p: '',
  div: '',
  center: '',
  details: '',
  summary: '',
  section: '',
  article: '',
  header: '',
  footer: '',
  main: '',
  figure: '',
  figcaption: '',
  blockquote: '> ',
  ul: '',
  ol: '',
  li: '- ',
  h1: '# ',
  h2: '## ',
  h3: '### ',
  h4: '#### ',
  h5: '##### ',
  h6: '###### ',
}

const ATTRIBUTE = String.raw`[ \t]+[\w:-]{1,40}(?:=(?:"[^"<>\n]{0,300}"|'[^'<>\n]{0,300}'|[^\s"'=<>${'`'}]{1,100}))?`
const TAG = new RegExp(String.raw`<(/?)([A-Za-z][A-Za-z0-9]{0,11})((?:${ATTRIBUTE}){0,8})[ \t]*/?>`, 'g')
const PICTURE = /[ \t]src=["']?(https?:\/\/[^"'\s<>()]{1,300})/i
const LINK = /[ \t]href=["']?(https?:\/\/[^"'\s<>()]{1,300})/i

type Tag = { line: number; at: number; length: number; name: string; opens: boolean; attributes: string }

/**
 * The small HTML that models write among Markdown, without its tags. Only what is opened and closed is a tag: of a
 * sentence inside one line, of paragraphs anywhere below. Everything else in angle brackets stays as it was written.
 */
export const withoutTags = (lines: Line[], asides: Asides): Line[] => {
  const tags = pairsIn(lines)
  if (tags.length === 0) return lines.map(withoutVoids)
  const byLine = grouped(tags)
  return lines.flatMap((line, number) => {
    const here = byLine.get(number)
    return here ? mended(line, here, asides).map(withoutVoids) : [withoutVoids(line)]
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

/** The two that are never closed: a rule by itself on its line, a picture from the web. */
const withoutVoids = (line: Line): Line => {
  if (line.isCode || !/<(?:hr|img)/i.test(line.text)) return line
  if (/^[ \t]*<hr[ \t]*\/?>[ \t]*$/i.test(line.text)) return reworded(line, '---')
  return reworded(
    line,
    line.text.replace(TAG, (whole, _slash, name: string, attributes: string) => {
      const source = name.toLowerCase() === 'img' ? PICTURE.exec(attributes)?.[1] : undefined
      return source === undefined
        ? whole
        : `![${/[ \t]alt="([^"[\]]*)"/i.exec(attributes)?.[1] ?? ''}](${source})`
    }),
  )
}

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
        if (
          opening &&
          (tag.name !== 'a' || LINK.test(opening.attributes) || !/href/i.test(opening.attributes))
        )
          pairs.push(opening, tag)
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
    const sign = BLOCK[tag.name]
    if (sign !== undefined) {
      if (isFree) out.push('', tag.opens ? sign : '')
    } else add(inlineText(tag, line.text.slice(tag.at, done), asides))
  }
  add(line.text.slice(done))
  return out.map((text) => reworded(line, isFree ? text.trimStart() : text))
}

const inlineText = (tag: Tag, written: string, asides: Asides): string => {
  const isAnchor = tag.name === 'a' && !/href/i.test(tag.attributes)
  if (tag.name === 'a' && !isAnchor) return tag.opens ? '[' : `](${LINK.exec(tag.attributes)?.[1] ?? ''})`
  const kept = INLINE[tag.name] ?? ''
  return kept === '' ? '' : asides.put({ kind: 'tag', written, tag: kept, opens: tag.opens })
}
