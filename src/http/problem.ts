import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import type { Ids } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import { isStoreAway } from '../base/store-stuck-error.ts'

/** RFC 9457. `code` is stable and kebab-case; `detail` says what to do next. */
export type Problem = { status: number; code: string; title: string; detail: string }

const NOT_FOUND: Problem = {
  status: 404,
  code: 'not-found',
  title: 'Not found',
  detail: 'There is nothing at this address.',
}
const BROKEN: Problem = {
  status: 500,
  code: 'internal',
  title: 'Something went wrong',
  detail: 'Please try again in a moment. If it stays, tell the operator the traceId.',
}

const STUCK: Problem = {
  status: 503,
  code: 'store-stuck',
  title: 'Busy at the moment',
  detail: 'This cannot be done right now. Please try again in a moment.',
}

export const sendProblem = (res: Response, problem: Problem, traceId: string): void => {
  res
    .status(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify({ ...problem, traceId }))
}

export const notFound =
  (ids: Ids): RequestHandler =>
  (_req, res) =>
    sendProblem(res, NOT_FOUND, ids.next('trc'))

/** The last handler: the log gets the error, the caller a problem without any of it. */
export const anyFailure =
  (ids: Ids, log: Log): ErrorRequestHandler =>
  (err, _req, res, next) => {
    if (res.headersSent) return next(err)
    const traceId = ids.next('trc')
    const status: unknown = err?.status
    if (typeof status === 'number' && status >= 400 && status < 500) {
      const detail = 'The request could not be read: check its form and its size.'
      return sendProblem(res, { status, code: 'bad-request', title: 'Bad request', detail }, traceId)
    }
    log.error({ err, traceId }, 'a request failed')
    sendProblem(res, isStoreAway(err) ? STUCK : BROKEN, traceId)
  }
