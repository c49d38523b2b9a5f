import { expect, test } from '@jest/globals'
import { toPlainText } from '../../src/conversation/plain-text.ts'
import { createAnswerHtml } from '../../src/http/answer-page/answer-html.ts'
import { pageTextsOf } from '../../src/http/answer-page/texts.ts'

/** As the answer page shows it. */
export const html = createAnswerHtml(pageTextsOf('zh-CN'))

/** What WeChat is sent, what the HTML of the page has, and what neither page may show. */
type Case = [markdown: string, text: string, holds?: string[], lacks?: RegExp]

/** A test for each: phone and page agree on what was meant. */
export const both = (cases: Case[]): void => {
  test.each(cases)('%j', (markdown, text, holds = [], lacks = undefined) => {
    expect(toPlainText(markdown)).toBe(text)
    const page = html(markdown)
    for (const piece of holds) expect(page).toContain(piece)
    if (lacks) expect(page).not.toMatch(lacks)
  })
}
