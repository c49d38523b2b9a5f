import { type ErrorRequestHandler, type Response, Router } from 'express'
import { ipNetwork } from '../base/ip-network.ts'
import type { Log } from '../base/log.ts'
import type { AnswerLinks } from '../conversation/answer-links.ts'
import type { FoundAnswer } from '../conversation/find-answer.ts'
import type { RateLimits } from '../conversation/rate-limits.ts'
import type { Locale } from '../conversation/texts.ts'
import { createPages, PAGE_HEADERS, type Page } from './answer-page/page.ts'
import { createRenderAnswer } from './answer-page/render-answer.ts'
import { pageTextsOf } from './answer-page/texts.ts'

export type AnswerPageParts = {
  links: Pick<AnswerLinks, 'open'>
  /** Nothing when there is no such turn, or no answer to show. */
  findAnswer: (turnId: string) => Promise<FoundAnswer | undefined>
  locale: Locale
  /** Marks the answer as AI-generated. */
  aiLabel: boolean
  /** The site's ICP number, for the foot of every page. */
  icpNumber: string | undefined
  limits: Pick<RateLimits, 'take'>
  log: Log
}

/** By address: several people may have the same one. */
const PAGES = { limit: 120, windowMs: 60_000 }

/**
 * `/a/:token`: one full answer, for whoever has the link. Expired, forged, unknown: the same page, so that nobody learns
 * which.
 */
export const answerPage = ({
  links,
  findAnswer,
  locale,
  aiLabel,
  icpNumber,
  limits,
  log,
}: AnswerPageParts): Router => {
  const texts = pageTextsOf(locale)
  const pages = createPages(locale, texts, aiLabel, icpNumber)
  const router = Router()

  const render = createRenderAnswer(locale, log)

  const pageOf = async (token: string, ip: string): Promise<Page> => {
    const taken = await limits.take(`answer-page:${ipNetwork(ip)}`, PAGES)
    if (!taken.ok) return pages.busy(taken.retryAfterMs)
    const opened = links.open(token)
    const found = opened && (await findAnswer(opened.turnId))
    if (!found) return pages.notFound
    return pages.answer({
      question: found.question,
      answerHtml: await render(found.answer),
      ending: found.ending,
      answeredAt: found.answeredAt,
      expiresAt: opened.expiresAt,
    })
  }

  router.get('/a/:token', async (req, res) => {
    try {
      send(res, await pageOf(req.params.token, req.ip ?? ''))
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

const send = (res: Response, { status, html, retryAfterMs }: Page): void => {
  if (retryAfterMs !== undefined) res.setHeader('retry-after', Math.ceil(retryAfterMs / 1000))
  res.writeHead(status, { ...PAGE_HEADERS, 'content-length': Buffer.byteLength(html) })
  res.end(html)
}
