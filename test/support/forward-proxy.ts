import { request as ask, createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'

export type ForwardProxy = {
  address: string
  /** What it was asked for: `CONNECT host:port`, or the whole URL; with the credentials that were sent. */
  asked: { target: string; authorization: string | undefined }[]
  close(): Promise<void>
}

/** A forward proxy that knows one place, whatever host it is asked for. */
export const startForwardProxy = async (place: string): Promise<ForwardProxy> => {
  const { hostname, port } = new URL(place)
  const asked: ForwardProxy['asked'] = []
  const sockets = new Set<Socket>()
  const note = (target: string, authorization: string | undefined) => asked.push({ target, authorization })
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', headers, url = '' } = incoming
    note(url, headers['proxy-authorization'])
    const { pathname } = new URL(url, place)
    const behind = ask({ hostname, port, path: pathname, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    behind.on('error', () => outgoing.destroy())
    incoming.pipe(behind)
  })
  server.on('connect', ({ url = '', headers }, socket) => {
    note(`CONNECT ${url}`, headers['proxy-authorization'])
    const behind = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      behind.pipe(socket).pipe(behind)
    })
    for (const each of [behind, socket]) each.on('error', () => socket.destroy())
    sockets.add(behind)
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    address,
    asked,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
