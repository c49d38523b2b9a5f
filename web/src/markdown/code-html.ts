import { escapeHtml } from '../../../src/markdown/escape-html.ts'
import { languageOf } from '../../../src/markdown/language-of.ts'
import { onDemand } from './on-demand.ts'

const highlighter = onDemand(() => import('../../../src/markdown/highlight.ts'))

/** `copy` and `code` are the names of the button and of the box. */
export type CodeWords = { copyCode: string; code: string }

type CodeHtml = (code: string, info: string) => string

/**
 * A box with its language and a button that copies; in colour as soon as the highlighter is there. The function that it
 * gives is for one reading of the answer.
 */
export const createCodeHtml = (words: CodeWords, more: () => void): (() => CodeHtml) => {
  const known = new Map<string, string>()
  return () => {
    let highlight: ((code: string, language: string) => string | undefined) | undefined
    return (code, info) => {
      const named = languageOf(info)
      if (named !== '') highlight ??= highlighter(more)?.createHighlight(known)
      const coloured = named === '' ? undefined : highlight?.(code, named)
      return (
        `<figure class="code"><figcaption><span>${escapeHtml(named)}</span>` +
        `<button type="button" class="copy-code">${escapeHtml(words.copyCode)}</button></figcaption>` +
        `<pre tabindex="0" role="group" aria-label="${escapeHtml(words.code)}"><code>${coloured ?? escapeHtml(code)}</code></pre></figure>\n`
      )
    }
  }
}
