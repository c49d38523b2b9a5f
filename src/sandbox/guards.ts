import type { NextFunction, Request, RequestHandler, Response } from 'express'

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

const hostOf = (host: string | undefined): string | undefined => {
  try {
    return new URL(`http://${host}`).hostname
  } catch {
    return undefined
  }
}

export const isLoopback = (host: string | undefined): boolean => {
  const name = hostOf(host)
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name ?? '')
}

/** A page of another site can point its own name at 127.0.0.1 (DNS rebinding); its requests then carry that name. */
export const loopbackOnly =
  (problem: Problem): RequestHandler =>
  (req, res, next) => {
    if (isLoopback(req.headers.host)) return next()
    problem(res, 403, 'foreign-host', 'the sandbox answers on localhost only')
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
