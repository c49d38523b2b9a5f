import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import express, { type Express, type Router } from 'express'
import type { Ids } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import { onlyAddresses } from './forwarded-for.ts'
import { anyFailure, notFound } from './problem.ts'
import type { ProxyAdvice } from './proxy-advice.ts'
import { safeHeaders } from './safe-headers.ts'
import { watchProxy } from './watch-proxy.ts'

export type HttpSettings = {
  /** Whose X-Forwarded-For is believed, in express's words; none: nobody's. */
  trustProxy: string
  /** Where users reach the service. */
  publicUrl: string
  /** Tells the operator what a web server in front keeps back; without it nobody looks. */
  advice?: ProxyAdvice
}

const NOWHERE: HttpSettings = { trustProxy: 'none', publicUrl: 'http://localhost' }

/** Safe headers, then routers in order, then 404, then the translation of failures. */
export const createHttp = (
  routers: readonly (Router | { path: string; router: Router })[],
  ids: Ids,
  log: Log,
  { trustProxy, publicUrl, advice }: HttpSettings = NOWHERE,
): Express => {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('trust proxy', trustProxy === 'none' ? false : trustProxy)
  app.use(safeHeaders(publicUrl), onlyAddresses)
  const trusts: (address: string, hops: number) => boolean = app.get('trust proxy fn')
  if (advice) app.use(watchProxy({ advice, publicUrl, isTrusted: (peer) => trusts(peer, 0) }))
  for (const each of routers) {
    if ('path' in each) app.use(each.path, each.router)
    else app.use(each)
  }
  app.use(notFound(ids))
  app.use(anyFailure(ids, log))
  return app
}

export type Listening = {
  server: Server
  url: string
  serve(app: Express): void
  /**
   * Ends every connection as soon as its response is out, and tells so in each. What arrives within `lingerMs` is still
   * answered: it was sent before anybody could know.
   */
  close(lingerMs?: number): Promise<void>
}

/**
 * Listens before there is anything to serve: a port in use is told at once, and what needs the address can have it.
 * Until `serve`, every request is answered 503.
 */
export const listen = (port: number, host: string): Promise<Listening> => {
  let app: Express | undefined
  const headers = safeHeaders('http:')
  const server = createServer((req, res) => {
    draining.watch(res)
    if (app) return app(req, res)
    headers(req, res, () => res.writeHead(503, { 'retry-after': '1' }).end())
  })
  // Longer than nginx keeps its side open, so that it never writes into a connection that is being closed.
  server.keepAliveTimeout = 75_000
  server.headersTimeout = 80_000
  server.requestTimeout = 15_000
  const idle = trackIdle(server)
  const draining = trackResponses()

  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const { port: actual } = server.address() as AddressInfo
      resolve({
        server,
        url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
        serve: (served) => {
          app = served
        },
        async close(lingerMs = 0) {
          draining.begin()
          if (lingerMs > 0) await pause(lingerMs)
          const closed = new Promise<void>((done) => server.close(() => done()))
          // Who was let in last has hardly had the time to say what they want.
          if (lingerMs > 0) await pause(lingerMs / 3)
          idle.close()
          await closed
        },
      })
    })
  })
}

/** Responses that are not out: once we drain, each asks the other side to use another connection for its next request. */
const trackResponses = () => {
  const open = new Set<ServerResponse>()
  let draining = false
  const sayClose = (res: ServerResponse) => {
    if (!res.headersSent) res.setHeader('connection', 'close')
  }
  return {
    watch(res: ServerResponse) {
      if (draining) return sayClose(res)
      open.add(res)
      res.once('close', () => open.delete(res))
    },
    begin() {
      draining = true
      for (const res of open) sayClose(res)
    },
  }
}

/**
 * Connections without a request, those that never had one included: Node counts these as busy, and closing would wait
 * for them. `close` ends them all, and every other as soon as its response is out.
 */
const trackIdle = (server: Server): { close(): void } => {
  const idle = new Set<Socket>()
  let closing = false
  server.on('connection', (socket) => {
    idle.add(socket)
    socket.once('close', () => idle.delete(socket))
  })
  server.on('request', ({ socket }, res) => {
    idle.delete(socket)
    res.once('close', () => {
      if (closing) socket.end()
      else if (!socket.destroyed) idle.add(socket)
    })
  })
  return {
    close() {
      closing = true
      for (const socket of idle) socket.destroy()
    },
  }
}
