import { cleanText } from '../../markdown/clean-text.ts'
import { createHtml } from '../../markdown/create-html.ts'
import { readMarkdown } from '../../markdown/read-markdown.ts'
import { asWritten } from './as-written.ts'
import { createCodeHtml } from './code-html.ts'
import { createFormulaHtml } from './formula-html.ts'
import type { PageTexts } from './texts.ts'

/**
 * A model's Markdown as HTML that holds no script, no style and nothing that loads by itself: every tag is written here,
 * by the parser, by highlight.js or by KaTeX, none by the answer. What is too long is shown as it was written.
 */
export const createAnswerHtml = (texts: PageTexts) => {
  const { dress, htmlOf } = createHtml(texts.table)
  return (answer: string): string => {
    const reading = readMarkdown(cleanText(answer))
    if (!reading) return asWritten(answer)
    dress(reading.tokens, {
      formulaHtml: createFormulaHtml(),
      codeHtml: createCodeHtml(texts.code),
      imageText: texts.image,
      headingsDown: 1,
      newTab: false,
    })
    return htmlOf(reading.tokens)
  }
}
