import MarkdownIt, { type StateBlock, type StateCore, type StateInline, type Token } from 'markdown-it'
import { ChineseStateInline, markPairs, markTokens } from './emphasis.ts'
import { footnote, footnoteReference } from './footnotes.ts'

/** Deeper than any line that is let through. */
const maxNesting = 100

/**
 * CommonMark with tables, as models write it. No HTML but `<br>`; what a link may lead to is decided later, so that
 * addresses stay as they were written. A row of dashes below a paragraph is a rule, no heading.
 */
export const createParser = () => {
  const md = new MarkdownIt({ html: false, linkify: true, breaks: true, maxNesting })
  // Files are named like hosts (index.ts, README.md): only what says http is an address.
  md.linkify.set({ fuzzyLink: false, fuzzyEmail: false })
  md.linkify.add('ftp:', null).add('//', null)
  for (const schema of ['http:', 'https:']) {
    md.linkify.add(schema, {
      validate: (text, pos, self) => addressLength(at(self.re.get_http_validator(), text, pos) ?? ''),
    })
  }
  md.normalizeLink = (url) => url
  md.normalizeLinkText = (url) => url
  // An index and a call, f[0](x), not a link.
  md.validateLink = (url) => !/^[\w+*-]*$/.test(url)
  // A definition of several lines is none: too much of a text would be one.
  md.block.ruler.disable(['lheading', 'reference'])
  md.block.ruler.before('hr', 'double_rule', doubleRule, { alt: ['paragraph', 'reference', 'blockquote'] })
  md.block.ruler.before('reference', 'footnote', footnote, { alt: ['paragraph', 'reference'] })
  md.block.ruler.before('reference', 'definition', definition, { alt: [] })
  md.inline.State = ChineseStateInline
  md.inline.ruler.before('autolink', 'br', lineBreak)
  md.inline.ruler.before('link', 'footnote_reference', footnoteReference)
  md.inline.ruler.after('strikethrough', 'mark', markTokens)
  md.inline.ruler2.after('strikethrough', 'mark', markPairs)
  md.core.ruler.at('inline', inlineInPieces)
  md.core.ruler.disable('linkify')
  return md
}

const at = (pattern: RegExp, text: string, pos: number): string | undefined => {
  pattern.lastIndex = pos
  return pattern.exec(text)?.[0]
}

/** Up to the first Chinese character or sign, and without the signs of the sentence. */
const addressLength = (matched: string): number => {
  const ascii =
    /^[^\s\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff00-\uffef“”‘’…—\ufdd0\ufdd1]*/.exec(matched)?.[0] ?? ''
  let end = ascii.length
  if (end < matched.length) while (end > 0 && /[.,;:!?'"]/.test(ascii[end - 1] ?? '')) end -= 1
  return /^\/\/[^\s/]/.test(ascii.slice(0, end)) ? end : 0
}

/** A table's cell has no other way to hold two lines. */
const lineBreak = (state: StateInline, silent: boolean): boolean => {
  const tag = at(/<\/?br *\/?>(?: *\n)?/iy, state.src, state.pos)
  if (tag === undefined) return false
  if (!silent) state.push('hardbreak', 'br', 0)
  state.pos += tag.length
  return true
}

const lineAt = (state: StateBlock, line: number): string =>
  state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line])

/** `=====`, which CommonMark takes for a heading as well. */
const doubleRule = (state: StateBlock, line: number, _end: number, silent: boolean): boolean => {
  if (!/^={3,}[ \t]*$/.test(lineAt(state, line))) return false
  if (silent) return true
  const token = state.push('hr', 'hr', 0)
  token.map = [line, line + 1]
  state.line = line + 1
  return true
}

export type Definition = { label: string; url: string }

const DEFINITION =
  /^\[((?:[^[\]\\]|\\.){1,200})\]:[ \t]*<?([^\s<>]+)>?(?:[ \t]+(?:"[^"]*"|'[^']*'|\([^()]*\)))?[ \t]*$/

/** `[1]: https://…` on a line: known to the links of the text, and told where it stands, for a reader without links. */
const definition = (state: StateBlock, line: number, _end: number, silent: boolean): boolean => {
  const found = DEFINITION.exec(lineAt(state, line))
  if (!found || (state.sCount[line] ?? 0) - state.blkIndent >= 4) return false
  if (silent) return true
  const [, label = '', url = ''] = found
  const known = state.md.utils.normalizeReference(label)
  if (known === '') return false
  state.env.references ??= {}
  state.env.references[known] ??= { title: '', href: url }
  const token = state.push('definition', '', 0)
  const meta: Definition = { label, url }
  token.meta = meta
  token.map = [line, line + 1]
  state.line = line + 1
  return true
}

/** In UTF-16 units. What a parser does within a paragraph may take the square of its length. */
const maxPieceChars = 2000
const maxPieceLines = 60
/** Each of them is looked from for its end. */
const maxPieceBrackets = 50

const inlineInPieces = (state: StateCore): void => {
  for (const token of state.tokens) {
    if (token.type !== 'inline') continue
    const children: Token[] = []
    for (const [nth, piece] of piecesOf(token.content).entries()) {
      if (nth > 0 && piece.isNewLine) children.push(new MarkdownIt.Token('softbreak', 'br', 0))
      const inside: Token[] = []
      state.md.inline.parse(piece.text, state.md, state.env, inside)
      for (const child of inside) children.push(child)
    }
    token.children = children
  }
}

type Piece = { text: string; isNewLine: boolean }

/** A picture's are looked from twice. */
const bracketsIn = (content: string): number => content.split('[').length + 2 * content.split('![').length

const piecesOf = (content: string): Piece[] => {
  const maxChars = Math.max(
    maxPieceBrackets,
    Math.min(maxPieceChars, (maxPieceBrackets * content.length) / bracketsIn(content)),
  )
  if (content.length <= maxChars && !content.includes('\n')) return [{ text: content, isNewLine: false }]
  const pieces: Piece[] = []
  let open: string[] = []
  let chars = 0
  const close = (): void => {
    if (open.length > 0) pieces.push({ text: open.join('\n'), isNewLine: true })
    open = []
    chars = 0
  }
  for (const line of content.split('\n')) {
    if (chars + line.length > maxChars || open.length >= maxPieceLines) close()
    if (line.length <= maxChars) {
      open.push(line)
      chars += line.length + 1
      continue
    }
    for (let from = 0; from < line.length; ) {
      const to = cutIn(line, from, maxChars)
      pieces.push({ text: line.slice(from, to), isNewLine: from === 0 })
      from = to
    }
  }
  close()
  return pieces
}

/** Behind a sentence or a word, between links, and never inside a placeholder or a character. */
const cutIn = (line: string, from: number, maxChars: number): number => {
  const end = from + Math.floor(maxChars)
  if (end >= line.length) return line.length
  const { behindWord, betweenLinks } = cutsOutside(line, from, end)
  if (behindWord > end - maxChars / 5) return behindWord
  const cut = betweenLinks > end - maxChars / 2 ? betweenLinks : end
  const placeholder = line.lastIndexOf('\ufdd0', cut)
  if (placeholder > cut - 12 && line.indexOf('\ufdd1', placeholder) >= cut) return placeholder
  return /[\ud800-\udbff]/.test(line[cut - 1] ?? '') ? cut - 1 : cut
}

/** The last places for a cut where no bracket is open. */
const cutsOutside = (line: string, from: number, end: number) => {
  let depth = 0
  let behindWord = from
  let betweenLinks = from
  for (let at = from; at < end; at += 1) {
    const char = line[at] ?? ''
    if (char === '[' || char === '(') depth += 1
    else if (char === ']' || char === ')') depth = Math.max(0, depth - 1)
    const next = line[at + 1] ?? ''
    if (depth > 0 || (char === ']' && /[[(]/.test(next)) || char === '!') continue
    betweenLinks = at + 1
    if (/[。！？；\s]/.test(char)) behindWord = at + 1
  }
  return { behindWord, betweenLinks }
}
