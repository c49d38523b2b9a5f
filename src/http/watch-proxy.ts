import type { Request, RequestHandler } from 'express'
import {
  hostNameOf,
  isLoopbackAddress,
  isLoopbackName,
  isLoopbackUrl,
  isPrivateAddress,
} from '../base/loopback.ts'
import { proxySignOf } from '../base/proxy-signs.ts'
import type { ProxyAdvice, ProxyFault } from './proxy-advice.ts'

export type Watching = {
  advice: ProxyAdvice
  /** As the operator has set it, or where the service listens. */
  publicUrl: string
  /** Whether what a peer says of others is believed. */
  isTrusted: (peer: string) => boolean
}

const MAX_SEEN_CHARS = 200
/** Asked by machines on the way, for themselves. */
const FOR_OPERATORS = /^\/(healthz|readyz|metrics)$/

/** Looks at each request for a web server in front that keeps back what the service needs to know. Stands behind onlyAddresses. */
export const watchProxy =
  ({ advice, publicUrl, isTrusted }: Watching): RequestHandler =>
  (req, _res, next) => {
    const peer = req.socket.remoteAddress ?? ''
    const seen = { peer, host: req.headers.host?.slice(0, MAX_SEEN_CHARS) }
    if (FOR_OPERATORS.test(req.path)) return next()
    for (const fault of faultsOf(req, peer, publicUrl, isTrusted)) advice.tell(fault, seen)
    next()
  }

const faultsOf = (
  req: Request,
  peer: string,
  publicUrl: string,
  isTrusted: (peer: string) => boolean,
): ProxyFault[] => {
  // Whoever comes from the internet has no proxy of ours in between, whatever they say.
  if (!isPrivateAddress(peer)) return []
  const { host, hostname } = new URL(publicUrl)
  const isPublic = !isLoopbackUrl(publicUrl) && !isPrivateAddress(hostname.replace(/^\[|\]$/g, ''))
  const name = hostNameOf(req.headers.host)
  const passedOn = proxySignOf(req) !== undefined || (isPublic && comesFromOutside(req, publicUrl))
  const faults: ProxyFault[] = []
  // What comes from this very machine under a name of the outside world has been passed on, as is what comes to our own.
  const byName = isLoopbackAddress(peer)
    ? name !== undefined && !isPrivateAddress(name) && !isLoopbackName(name)
    : isPublic && req.headers.host === host
  const namesVisitor = req.headers['x-forwarded-for'] !== undefined
  if (!namesVisitor && (byName || passedOn)) faults.push('visitors-hidden')
  if (namesVisitor && !isTrusted(peer)) faults.push('not-trusted')
  if (isPublic && passedOn && (isLoopbackName(name) || name === undefined)) faults.push('host-lost')
  return faults
}

/** Nobody on this machine asks like that: WeChat's posts come from WeChat, and a browser names the address it shows. */
const comesFromOutside = (req: Request, publicUrl: string): boolean =>
  (req.method === 'POST' && req.path === '/wechat/callback') ||
  req.headers.origin === new URL(publicUrl).origin
