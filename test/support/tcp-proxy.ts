import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Stands between a client and a server, so that a test can take the server away and give it back. */
export type TcpProxy = {
  port: number
  /** Breaks all connections and refuses new ones. */
  cut(): Promise<void>
  mend(): Promise<void>
  /** Keeps connections and accepts new ones, but lets nothing through on them, ever: what is sent is lost. */
  freeze(): void
  /** As `kill -STOP` does to the server: nothing gets through until `go`, and then everything does. */
  halt(): void
  go(): void
  /** New connections get through, to another server if need be; those there are stay as they are. */
  lead(other?: { host: string; port: number }): void
  close(): Promise<void>
}

export const createTcpProxy = async (target: { host: string; port: number }): Promise<TcpProxy> => {
  const sockets = new Set<Socket>()
  const swallowed = new WeakSet<Socket>()
  let [frozen, halted] = [false, false]
  let aim = target
  const server = createServer((client) => {
    const upstream = connect(aim.port, aim.host)
    for (const each of [client, upstream]) if (frozen) swallowed.add(each)
    const pairs = [
      [client, upstream],
      [upstream, client],
    ] as const
    for (const [from, to] of pairs) {
      sockets.add(from)
      if (halted) from.pause()
      from.on('data', (bytes) => {
        if (!swallowed.has(from)) to.write(bytes)
      })
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
    }
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  const { port } = address

  const cut = async () => {
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }

  return {
    port,
    cut,
    mend: () => listen(port),
    freeze() {
      frozen = true
      for (const socket of sockets) swallowed.add(socket)
    },
    halt() {
      halted = true
      for (const socket of sockets) socket.pause()
    },
    go() {
      halted = false
      for (const socket of sockets) socket.resume()
    },
    lead(other = target) {
      frozen = false
      aim = other
    },
    async close() {
      if (server.listening) await cut()
    },
  }
}
