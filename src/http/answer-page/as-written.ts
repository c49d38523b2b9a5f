import { cleanText } from '../../markdown/clean-text.ts'
import { escapeHtml } from '../../markdown/escape-html.ts'

/** HTML for what cannot be read in time. */
export const asWritten = (answer: string): string =>
  `<div class="plain">${escapeHtml(cleanText(answer))}</div>`
