import { isIP } from 'node:net'
import type { RequestHandler } from 'express'

/** Also the ways some proxies write one: with a port, and of IPv6 in brackets. */
const addressIn = (entry: string): string | undefined => {
  const plain = entry.trim().replace(/^"(.*)"$/, '$1')
  const bare =
    /^\[([^\]]*)\](?::\d{1,5})?$/.exec(plain)?.[1] ??
    /^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/.exec(plain)?.[1] ??
    plain
  return isIP(bare) === 0 ? undefined : bare
}

/**
 * The addresses at the end of an X-Forwarded-For, the nearest last. Each proxy writes behind what it was given, so what
 * stands before something that is no address was written by nobody we know.
 */
export const forwardedAddresses = (header: string | undefined): string[] => {
  const found: string[] = []
  for (const entry of (header ?? '').split(',').toReversed()) {
    const address = addressIn(entry)
    if (address === undefined) break
    found.unshift(address)
  }
  return found
}

/** Leaves of X-Forwarded-For what are addresses. Without one the header is none, and whoever has connected counts. */
export const onlyAddresses: RequestHandler = (req, _res, next) => {
  const header = req.headers['x-forwarded-for']
  if (header === undefined) return next()
  const addresses = forwardedAddresses(String(header))
  if (addresses.length > 0) req.headers['x-forwarded-for'] = addresses.join(', ')
  else delete req.headers['x-forwarded-for']
  next()
}
