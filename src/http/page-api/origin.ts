import type { Request } from 'express'
import { hostNameOf, isLoopbackName } from '../../base/loopback.ts'

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

/**
 * Whether a foreign origin is rather our own page under an address that we do not know of, for the operator to be told. The
 * browser says so itself where it can (https://www.w3.org/TR/fetch-metadata/), else it is the host that a proxy has lost.
 */
export const isLikelyOurs = ({ headers }: Request): boolean => {
  const { origin, host } = headers
  if (origin === undefined || !URL.canParse(origin)) return false
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site === 'same-origin'
  return isLoopbackName(hostNameOf(host)) && !isLoopbackName(hostNameOf(new URL(origin).host))
}
