import { escapeHtml } from '../../markdown/escape-html.ts'
import { highlight } from '../../markdown/highlight.ts'
import { languageOf } from '../../markdown/language-of.ts'

/** Of one page, as one block after another takes its time. */
const maxChars = 40_000

/** Colours code by the language that its fence names; `label` is for who cannot see the box. */
export const createCodeHtml = (label: string): ((code: string, info: string) => string) => {
  let chars = 0
  return (code, info) => {
    const language = languageOf(info)
    const coloured = chars + code.length <= maxChars ? highlight(code, language) : undefined
    if (coloured !== undefined) chars += code.length
    const caption = language === '' ? '' : `<figcaption>${escapeHtml(language)}</figcaption>`
    return `<figure class="code">${caption}<pre tabindex="0" aria-label="${escapeHtml(label)}"><code>${coloured ?? escapeHtml(code)}</code></pre></figure>\n`
  }
}
