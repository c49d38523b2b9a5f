import type { Locale } from '../../conversation/texts.ts'
import type { TurnEnding } from '../../conversation/turn.ts'
import { escapeHtml } from '../../markdown/escape-html.ts'
import { STYLE, STYLE_SOURCE } from './style.ts'
import type { PageTexts } from './texts.ts'

export type Answered = {
  question: string
  /** Safe HTML. */
  answerHtml: string
  ending: TurnEnding
  /** Milliseconds since the Unix epoch, as are all times here. */
  answeredAt: number
  expiresAt: number
}

export type Page = {
  status: number
  html: string
  /** When it may be asked for again. */
  retryAfterMs?: number
}

/** Nothing loads, nothing runs, nothing frames it, and nobody it links to learns its address. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src ${STYLE_SOURCE}; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
  'x-content-type-options': 'nosniff',
  'cache-control': 'private, no-store',
}

const TITLE_CHARS = 40
/** A longer question is folded up. */
const QUESTION_CHARS = 300

export const createPages = (
  locale: Locale,
  texts: PageTexts,
  aiLabel: boolean,
  icpNumber: string | undefined,
) => {
  const record = icpNumber === undefined ? '' : recordHtml(icpNumber)
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'Asia/Shanghai' })
  const time = new Intl.DateTimeFormat(locale, {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'Asia/Shanghai',
  })
  const html = (title: string, body: string): string => `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="format-detection" content="telephone=no">
<meta name="robots" content="noindex, nofollow">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
${body}${record}
</body>
</html>
`
  const notice = (status: number, { title, why, next }: PageTexts['notFound']): Page => ({
    status,
    html: html(
      title,
      `<main class="notice">
<h1>${escapeHtml(title)}</h1>
<p>${escapeHtml(why)}</p>
<p class="next">${escapeHtml(next)}</p>
</main>`,
    ),
  })

  const busy = notice(429, texts.busy)

  return {
    notFound: notice(404, texts.notFound),
    unavailable: notice(503, texts.unavailable),
    busy: (retryAfterMs: number): Page => ({ status: 429, html: busy.html, retryAfterMs }),
    answer: ({ question, answerHtml, ending, answeredAt, expiresAt }: Answered): Page => {
      const asked = question.toWellFormed().trim()
      return {
        status: 200,
        html: html(
          beginning(asked.replace(/\s+/g, ' '), TITLE_CHARS) || texts.heading,
          `<main>
<header class="top"><h1>${escapeHtml(texts.heading)}</h1>${aiLabel ? `<span class="mark">${escapeHtml(texts.aiMark)}</span>` : ''}</header>
<section class="question" aria-label="${escapeHtml(texts.question)}" dir="auto">${questionHtml(asked, texts)}</section>
<div class="sheet">
<article aria-label="${escapeHtml(texts.answer)}" dir="auto">
${answerHtml}
</article>${ending === 'whole' ? '' : `\n<p class="ending">${escapeHtml(texts.endings[ending])}</p>`}
</div>
<footer class="foot">
${aiLabel ? `<p>${escapeHtml(texts.aiNote)}</p>\n` : ''}<p>${escapeHtml(texts.answeredAt(time.format(answeredAt)))}</p>
<p>${escapeHtml(texts.validUntil(day.format(expiresAt - 1)))}</p>
</footer>
</main>`,
        ),
      }
    },
  }
}

/** Where the number has to lead: https://beian.miit.gov.cn/ */
const recordHtml = (icpNumber: string): string =>
  `\n<p class="record"><a href="https://beian.miit.gov.cn/" rel="noopener noreferrer">${escapeHtml(icpNumber)}</a></p>`

const questionHtml = (question: string, texts: PageTexts): string => {
  if (question.length <= QUESTION_CHARS) return escapeHtml(question)
  const start = escapeHtml(beginning(question, QUESTION_CHARS / 3))
  return `<details><summary>${start} <span>${escapeHtml(texts.unfold)}</span></summary>${escapeHtml(question)}</details>`
}

/** Cut where a reader sees a character end. */
const beginning = (text: string, maxChars: number): string => {
  if (text.length <= maxChars) return text
  let end = 0
  // A character may be as long as its writer likes; what is looked at is not.
  for (const { index, segment } of new Intl.Segmenter().segment(text.slice(0, maxChars * 4))) {
    if (index + segment.length > maxChars) break
    end = index + segment.length
  }
  return `${text.slice(0, end || maxChars).toWellFormed()}…`
}
