import type { Token } from 'markdown-it'
import { cleanText } from '../../../src/markdown/clean-text.ts'
import { createHtml } from '../../../src/markdown/create-html.ts'
import { escapeHtml } from '../../../src/markdown/escape-html.ts'
import { readMarkdown } from '../../../src/markdown/read-markdown.ts'
import { type CodeWords, createCodeHtml } from './code-html.ts'
import { createFormulaHtml } from './formula-html.ts'
import { purify } from './purify.ts'

export type BlockWords = CodeWords & { table: string; image: (alt: string) => string }

/** `from` is where it begins in the text as it was written. */
type Read = { from: number; html: string }

/**
 * A model's Markdown as HTML, one string for each block at its top. Of a growing answer only the end is read again: what
 * stands before its last blocks can no longer change. `more` is called when an earlier answer would now look better.
 */
export const createAnswerBlocks = (words: BlockWords, more: () => void) => {
  const html = createHtml(words.table)

  let settled = ''
  let settledBlocks: string[] = []
  const safe = new Map<string, string>()
  const loaded = (): void => {
    settled = ''
    settledBlocks = []
    more()
  }
  const codeHtml = createCodeHtml(words, loaded)
  const formulaHtml = createFormulaHtml(loaded)

  const safeHtml = (tokens: Token[]): string => {
    const written = html.htmlOf(tokens)
    const known = safe.get(written) ?? purify(written)
    safe.set(written, known)
    return known
  }

  const read = (text: string): Read[] => {
    const reading = readMarkdown(text)
    if (!reading) return [{ from: 0, html: asWritten(text) }]
    const { tokens, lines } = reading
    const starts = blockStarts(tokens)
    const offsets = offsetsOf(
      text,
      starts.map((at) => lines[tokens[at]?.map?.[0] ?? 0]?.from ?? 0),
    )
    html.dress(tokens, {
      formulaHtml,
      codeHtml: codeHtml(),
      imageText: words.image,
      headingsDown: 2,
      newTab: true,
    })
    return starts.map((at, nth) => ({
      from: offsets[nth] ?? 0,
      html: safeHtml(tokens.slice(at, starts[nth + 1])),
    }))
  }

  return (written: string, isWhole: boolean): string[] => {
    const text = cleanText(written)
    try {
      // Once it is whole it is read in one go: an address may stand below what refers to it.
      if (isWhole) return read(text).map(({ html }) => html)
      if (!text.startsWith(settled)) {
        settled = ''
        settledBlocks = []
      }
      const blocks = read(text.slice(settled.length))
      const all = [...settledBlocks, ...blocks.map(({ html }) => html)]
      const open = blocks[blocks.length - 2]
      // Two blocks of one line, as HTML makes them, are not torn apart.
      if (open && open.from > (blocks[blocks.length - 3]?.from ?? 0)) {
        settledBlocks = all.slice(0, -2)
        settled = text.slice(0, settled.length + open.from)
      }
      if (safe.size > 2 * all.length + 100) safe.clear()
      return all
    } catch {
      return [asWritten(text)]
    }
  }
}

const asWritten = (text: string): string => `<div class="plain">${escapeHtml(text)}</div>`

const blockStarts = (tokens: Token[]): number[] =>
  tokens.flatMap((token, at) => (token.level === 0 && token.nesting >= 0 ? [at] : []))

/** Where each of these lines, in rising order, begins. */
const offsetsOf = (text: string, lines: number[]): number[] => {
  let line = 0
  let offset = 0
  return lines.map((wanted) => {
    while (line < wanted) {
      offset = text.indexOf('\n', offset) + 1
      line += 1
    }
    return offset
  })
}
