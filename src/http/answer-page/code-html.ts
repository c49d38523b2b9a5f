import { escapeHtml } from '../../markdown/escape-html.ts'
import { createHighlight } from '../../markdown/highlight.ts'
import { languageOf } from '../../markdown/language-of.ts'

/** Colours the code of one page by the languages that its fences name; `label` is for who cannot see the box. */
export const createCodeHtml = (label: string): ((code: string, info: string) => string) => {
  const highlight = createHighlight()
  return (code, info) => {
    const language = languageOf(info)
    const caption = language === '' ? '' : `<figcaption>${escapeHtml(language)}</figcaption>`
    return `<figure class="code">${caption}<pre tabindex="0" aria-label="${escapeHtml(label)}"><code>${highlight(code, language) ?? escapeHtml(code)}</code></pre></figure>\n`
  }
}
