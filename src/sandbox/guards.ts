import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { nearnessOf } from '../base/proxy-signs.ts'

export type Problem = (res: Response, status: number, code: string, detail: string) => void

const TITLES: Record<number, string> = {
  400: 'Bad request',
  403: 'Forbidden',
  404: 'Not found',
  413: 'Too large',
  500: 'Internal error',
}

/** Errors as `application/problem+json` (RFC 9457). */
export const createProblem =
  (traceId: () => string): Problem =>
  (res, status, code, detail) => {
    const title = TITLES[status] ?? 'Error'
    res.status(status).type('application/problem+json')
    res.send(JSON.stringify({ status, code, title, detail, traceId: traceId() }))
  }

const FOREIGN = {
  address: ['foreign-address', 'the sandbox answers the machine it runs on alone'],
  host: ['foreign-host', 'the sandbox answers on localhost only'],
  proxy: ['through-proxy', 'the sandbox answers nothing that came through a proxy or a tunnel'],
} as const

/** Whoever reaches the sandbox is any user and sees everything: only who sits at this machine may. */
export const localOnly =
  (problem: Problem): RequestHandler =>
  (req, res, next) => {
    const near = nearnessOf(req)
    if (near.isLocal) return next()
    const [code, detail] = FOREIGN[near.because]
    problem(res, 403, code, detail)
  }

/** Browsers name the page that makes a state-changing call; programs name none. */
export const sameOriginOnly =
  (problem: Problem): RequestHandler =>
  (req: Request, res: Response, next: NextFunction) => {
    const { origin, host } = req.headers
    if (req.method === 'GET' || req.method === 'HEAD' || origin === undefined) return next()
    if (URL.canParse(origin) && new URL(origin).host === host) return next()
    problem(res, 403, 'foreign-origin', 'this call must come from the sandbox page itself')
  }
