import MarkdownIt, { type StateInline } from 'markdown-it'
import { escapeHtml } from './escape-html.ts'
import { footnote, footnoteReference } from './footnotes.ts'

/** Deeper quotes and lists stay as written. */
const maxNesting = 40

export type Markdown = InstanceType<typeof MarkdownIt>

/**
 * CommonMark with tables, as models write it. No HTML but `<br>`; what a link may lead to is decided later. A table scrolls in a box of
 * its own, called `tableLabel`.
 */
export const createMarkdown = (tableLabel: string): Markdown => {
  const md = new MarkdownIt({ html: false, linkify: true, breaks: true, maxNesting })
  md.renderer.rules.raw = (tokens, at) => tokens[at]?.content ?? ''
  md.renderer.rules.table_open = () =>
    `<div class="table" tabindex="0" role="group" aria-label="${escapeHtml(tableLabel)}"><table>\n`
  md.renderer.rules.table_close = () => '</table></div>\n'
  // Files are named like hosts (index.ts, README.md): only what says http is an address.
  md.linkify.set({ fuzzyLink: false, fuzzyEmail: false })
  md.linkify.add('ftp:', null).add('//', null)
  for (const schema of ['http:', 'https:']) {
    md.linkify.add(schema, {
      validate: (text, pos, self) => {
        const host = at(/\/\/[\w.-]+(?::\d+)?(?=\p{Script=Han})/uy, text, pos)
        return (host ?? at(self.re.get_http_validator(), text, pos) ?? '').length
      },
    })
  }
  // An index and a call, f[0](x), not a link.
  md.validateLink = (url) => !/^[\w+*-]*$/.test(url)
  md.inline.ruler.before('autolink', 'br', lineBreak)
  md.inline.ruler.before('link', 'footnote_reference', footnoteReference)
  md.block.ruler.before('reference', 'footnote', footnote, { alt: ['paragraph', 'reference'] })
  return md
}

const at = (pattern: RegExp, text: string, pos: number): string | undefined => {
  pattern.lastIndex = pos
  return pattern.exec(text)?.[0]
}

/** A table's cell has no other way to hold two lines. */
const lineBreak = (state: StateInline, silent: boolean): boolean => {
  const tag = at(/<br *\/?>/iy, state.src, state.pos)
  if (tag === undefined) return false
  if (!silent) state.push('hardbreak', 'br', 0)
  state.pos += tag.length
  return true
}
