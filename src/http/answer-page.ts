import { type ErrorRequestHandler, type Response, Router } from 'express'
import type { Log } from '../base/log.ts'
import type { AnswerLinks } from '../conversation/answer-links.ts'
import type { Locale } from '../conversation/texts.ts'
import type { TurnEnding } from '../conversation/turn.ts'
import { createPages, PAGE_HEADERS, type Page } from './answer-page/page.ts'
import { pageTextsOf } from './answer-page/texts.ts'

/** `answer` is Markdown; `answeredAt` in milliseconds since the Unix epoch. */
export type FoundAnswer = { question: string; answer: string; ending: TurnEnding; answeredAt: number }

export type AnswerPageParts = {
  links: Pick<AnswerLinks, 'open'>
  /** Nothing when there is no such turn, or no answer to show. */
  findAnswer: (turnId: string) => Promise<FoundAnswer | undefined>
  locale: Locale
  /** Marks the answer as AI-generated. */
  aiLabel: boolean
  log: Log
}

/**
 * `/a/:token`: one full answer, for whoever has the link. Expired, forged, unknown: the same page, so that nobody learns
 * which.
 */
export const answerPage = ({ links, findAnswer, locale, aiLabel, log }: AnswerPageParts): Router => {
  const texts = pageTextsOf(locale)
  const pages = createPages(locale, texts, aiLabel)
  const router = Router()

  // Parser, highlighter and typesetter are loaded for the first reader: most processes never need them.
  let loading: Promise<(answer: string) => string> | undefined
  const load = async () => {
    const { createAnswerHtml } = await import('./answer-page/answer-html.ts')
    return createAnswerHtml(texts, (err) => log.error({ err }, 'an answer is shown as written'))
  }

  const pageOf = async (token: string): Promise<Page> => {
    const opened = links.open(token)
    const found = opened && (await findAnswer(opened.turnId))
    if (!found) return pages.notFound
    loading ??= load()
    const answerHtml = (await loading)(found.answer)
    return pages.answer({ ...found, answerHtml, expiresAt: opened.expiresAt })
  }

  router.get('/a/:token', async (req, res) => {
    try {
      send(res, await pageOf(req.params.token))
    } catch (err) {
      log.error({ err }, 'an answer page failed')
      send(res, pages.unavailable)
    }
  })

  // A token that is not even an address.
  const unreadable: ErrorRequestHandler = (err, _req, res, next) => {
    if (err?.status !== 400 || res.headersSent) return next(err)
    send(res, pages.notFound)
  }
  router.use('/a', unreadable)
  return router
}

const send = (res: Response, { status, html }: Page): void => {
  res.writeHead(status, { ...PAGE_HEADERS, 'content-length': Buffer.byteLength(html) })
  res.end(html)
}
