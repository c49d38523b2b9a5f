import type { Token } from 'markdown-it'
import { closeBoldBesideCjk, withoutHelpers } from '../../../src/markdown/bold-beside-cjk.ts'
import { cleanText } from '../../../src/markdown/clean-text.ts'
import { createMarkdown } from '../../../src/markdown/create-markdown.ts'
import { dressTokens } from '../../../src/markdown/dress-tokens.ts'
import { escapeHtml } from '../../../src/markdown/escape-html.ts'
import { setFormulasAside } from '../../../src/markdown/formulas.ts'
import { type CodeWords, createCodeHtml } from './code-html.ts'
import { createFormulaHtml } from './formula-html.ts'
import { purify } from './purify.ts'

export type BlockWords = CodeWords & { table: string; image: (alt: string) => string }

/** In UTF-16 units; several times the longest answer of a model. */
const maxLength = 200_000

/**
 * A model's Markdown as HTML, one string for each block at its top. Of a growing answer only the end is read again: what
 * stands before its last blocks can no longer change. `more` is called when an earlier answer would now look better.
 */
export const createAnswerBlocks = (words: BlockWords, more: () => void) => {
  const md = createMarkdown(words.table)

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

  const htmlOf = (tokens: Token[]): string => {
    const html = md.renderer.render(tokens, md.options, {})
    const known = safe.get(html) ?? purify(html)
    safe.set(html, known)
    return known
  }

  /** The blocks of a text, each with where it begins in it. */
  const read = (text: string): { from: number; html: string }[] => {
    const formulas = setFormulasAside(text)
    const source = closeBoldBesideCjk(formulas.source)
    const tokens = md.parse(source, {})
    const starts = blockStarts(tokens)
    const lines = starts.map((at) => tokens[at]?.map?.[0] ?? 0)
    const offsets = offsetsOf(source, lines)
    const common = { formulas, formulaHtml, codeHtml, imageText: words.image }
    dressTokens(md, tokens, { ...common, headingsDown: 2, newTab: true })
    return starts.map((at, nth) => ({
      from: withoutHelpers(formulas.verbatim(source.slice(0, offsets[nth]))).length,
      html: htmlOf(tokens.slice(at, starts[nth + 1])),
    }))
  }

  return (written: string, isWhole: boolean): string[] => {
    const text = cleanText(written)
    if (text.length > maxLength) return [`<div class="plain">${escapeHtml(text)}</div>`]
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
      if (open && open.from > 0) {
        settledBlocks = all.slice(0, -2)
        settled = text.slice(0, settled.length + open.from)
      }
      if (safe.size > 2 * all.length + 100) safe.clear()
      return all
    } catch {
      return [`<div class="plain">${escapeHtml(text)}</div>`]
    }
  }
}

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
