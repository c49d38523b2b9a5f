import type { Request } from 'express'

/**
 * Whether a request that changes something came from another page. Browsers name the page's origin at each such request;
 * `mustName`: a request without one counts as foreign, as only something else than our page can have sent it.
 */
export const isForeign = (req: Request, publicUrl: string, mustName: boolean): boolean => {
  const { origin } = req.headers
  if (origin === undefined) return mustName
  return origin !== new URL(publicUrl).origin && !isHere(origin, req.headers.host)
}

/** The address it was sent to, which a foreign page cannot choose for it. */
const isHere = (origin: string, host: string | undefined): boolean =>
  host !== undefined && URL.canParse(origin) && new URL(origin).host === host && /^https?:/.test(origin)
