import MarkdownIt, { type Token } from 'markdown-it'
import { type Asides, createAsides } from './asides.ts'
import { withFences, withoutWrapper } from './mend/fences.ts'
import { withoutTags } from './mend/html-tags.ts'
import { type Line, linesOf } from './mend/lines.ts'
import { withTightMarks } from './mend/loose-markers.ts'
import { withSpaces } from './mend/markers.ts'
import { withEndedQuotes } from './mend/quotes.ts'
import { withTables } from './mend/tables.ts'
import { createParser, type Definition } from './parser.ts'
import { unmarkProducts } from './products.ts'

export type { Formula } from './formula.ts'
export type { Definition, Token }

export type Reading = {
  /**
   * The parser's, with formulas in their places as tokens `formula`, whose `meta` is a Formula, and what was defined for
   * references as tokens `definition`. Addresses are as they were written.
   */
  tokens: Token[]
  /** What `map` of a token counts in. */
  lines: Line[]
}

/** Both are far beyond what a model answers with; each line may be a block of its own. */
const maxLength = 200_000
const maxLines = 6000
/** Quotes and lists a line may stand in: the parser's time grows with it. */
const maxDepth = 24
const maxNesting = 20_000

const parser = createParser()

/**
 * A model's Markdown, clean (`cleanText`), as models mean it. Nothing where it is too long, or nests too deep, to be read
 * in time: it is shown as it was written.
 */
export const readMarkdown = (text: string): Reading | undefined => {
  if (text.length > maxLength) return undefined
  const written = withFences(withoutWrapper(linesOf(text)))
  if (written.length > maxLines || isTangled(written)) return undefined
  const asides = createAsides()
  const lines = [asideLines, withoutTags, withSpaces, withTables, withTightMarks, withEndedQuotes].reduce(
    (mended: Line[], mend) => mend(mended, asides),
    written,
  )
  const tokens = parser.parse(lines.map((line) => line.text).join('\n'), {})
  tokens.forEach((token, at) => {
    settle(token, asides, /^t[hd]_open$/.test(tokens[at - 1]?.type ?? ''))
  })
  return { tokens, lines }
}

/** The time of the parser grows with the open quotes and lists of a line; two columns before one may hold another. */
const isTangled = (lines: Line[]): boolean => {
  let nesting = 0
  return lines.some((line) => {
    const depth = line.isCode ? 1 : depthOf(line.text)
    nesting += depth > 3 ? depth * depth : 0
    return depth > maxDepth || nesting > maxNesting
  })
}

const depthOf = (line: string): number => {
  const container = /([ \t]*)(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$))/y
  let depth = 0
  for (let match = container.exec(line); match && depth <= maxDepth; match = container.exec(line)) {
    depth += 1 + Math.floor((match[1]?.length ?? 0) / 2)
  }
  return depth
}

/** Whatever is no Markdown stands aside, in stretches between blocks of code. A piece of several lines becomes one. */
const asideLines = (lines: Line[], asides: Asides): Line[] => {
  const out: Line[] = []
  for (let from = 0; from < lines.length; ) {
    const isCode = lines[from]?.isCode ?? false
    let to = from
    while (to < lines.length && lines[to]?.isCode === isCode) to += 1
    const stretch = lines.slice(from, to)
    for (const line of isCode ? stretch : setAside(stretch, asides)) out.push(line)
    from = to
  }
  return out
}

const setAside = (stretch: Line[], asides: Asides): Line[] => {
  let at = 0
  return asides
    .setAside(stretch.map((line) => line.text).join('\n'))
    .split('\n')
    .map((text) => {
      const line: Line = { text, from: stretch[at]?.from ?? 0, isCode: false }
      at += 1
      if (text.includes('\ufdd0')) at += asides.verbatim(text).split('\n').length - 1
      return line
    })
}

const settle = (token: Token, asides: Asides, isCell: boolean): void => {
  if (token.type === 'inline') {
    token.children = settled(token.children ?? [], asides)
    // In a table a pipe of code may have been escaped all the same.
    if (isCell)
      for (const child of token.children)
        if (child.type === 'code_inline') child.content = child.content.replaceAll('\\|', '|')
  } else if (token.type === 'fence' || token.type === 'code_block') {
    token.content = asides.verbatim(token.content)
    token.info = asides.verbatim(token.info)
  } else if (token.type === 'definition') {
    const definition = token.meta as Definition
    definition.url = asides.verbatim(definition.url)
  }
}

/** The pieces back in their places, as tokens. */
const settled = (tokens: Token[], asides: Asides): Token[] => {
  const out: Token[] = []
  for (const token of unmarkProducts(tokens)) {
    if (token.type === 'text' && token.content.includes('\ufdd0')) {
      for (const piece of asides.pieces(token.content)) if (piece !== '') out.push(tokenOf(piece))
      continue
    }
    if (token.type === 'code_inline') token.content = asides.verbatim(token.content)
    for (const name of ['href', 'src']) {
      const url = token.attrGet(name)
      if (url !== null) token.attrSet(name, asides.verbatim(String(url)))
    }
    if (token.type === 'image') token.children = settled(token.children ?? [], asides)
    out.push(token)
  }
  return out
}

const tokenOf = (piece: ReturnType<Asides['pieces']>[number]): Token => {
  if (typeof piece === 'string') return filled(new MarkdownIt.Token('text', '', 0), piece)
  switch (piece.kind) {
    case 'formula': {
      const token = filled(new MarkdownIt.Token('formula', '', 0), piece.written)
      token.meta = piece.formula
      return token
    }
    case 'code':
      return filled(new MarkdownIt.Token('code_inline', 'code', 0), piece.code)
    case 'literal':
      return filled(new MarkdownIt.Token('text', '', 0), piece.written)
    case 'tag':
      return new MarkdownIt.Token(
        `${piece.tag}_${piece.opens ? 'open' : 'close'}`,
        piece.tag,
        piece.opens ? 1 : -1,
      )
  }
}

const filled = (token: Token, content: string): Token => {
  token.content = content
  return token
}
