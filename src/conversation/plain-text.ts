import { cleanText } from '../markdown/clean-text.ts'
import { readMarkdown } from '../markdown/read-markdown.ts'
import { blockLines } from './plain-text/blocks.ts'
import { defuse, tidy } from './plain-text/clean.ts'
import { sceneOf } from './plain-text/scene.ts'
import { treeOf } from './plain-text/tree.ts'

/**
 * A model's Markdown (CommonMark, GFM, TeX formulas) as text for a client that renders none of it.
 *
 * Total: any string gives a well-formed one, trimmed, with at most one blank line in a row, no control characters but
 * newline and tab, and no `<a …>` tag. Text too long or too tangled to read quickly comes back as it is, only cleaned
 * and defused.
 */
export const toPlainText = (markdown: string): string => {
  const text = cleanText(markdown)
  // Markup with nothing in it, a lone ">", is what it looks like.
  return finished(rendered(text) ?? '') || finished(text)
}

const finished = (text: string): string => tidy(defuse(cleanText(text)))

const rendered = (text: string): string | undefined => {
  const reading = readMarkdown(text)
  if (!reading) return undefined
  return blockLines(treeOf(reading.tokens), sceneOf(reading))
    .map((line) => line.text)
    .join('\n')
}

/** Whether there is anything to carry to a client, without reading it all. */
export const saysSomething = (markdown: string): boolean => finished(markdown) !== ''

/** Of answers as long as a model's; several callbacks, attempts and pushes ask for the same one. */
const MAX_KEPT = 30

/** `toPlainText`, once for each of the last answers. */
export const createPlainText = (): ((markdown: string) => string) => {
  const kept = new Map<string, string>()
  return (markdown) => {
    const known = kept.get(markdown)
    if (known !== undefined) return known
    const text = toPlainText(markdown)
    kept.set(markdown, text)
    for (const oldest of kept.keys()) {
      if (kept.size <= MAX_KEPT) break
      kept.delete(oldest)
    }
    return text
  }
}
