import { randomBytes } from 'node:crypto'
import { createServer, request } from 'node:http'
import { systemClock } from '../../src/base/clock.ts'
import type { Platform } from '../../src/sandbox/platform.ts'
import { startSandboxServer } from '../../src/sandbox/server.ts'

/** What the server under rehearsal meets outside: WeChat, simulated, and a model provider with a scripted model. */
export type Internet = {
  platform: Platform
  /** As a container reaches it, for WECHAT_API_BASE. */
  apiBase: string
  /** For OPENAI_BASE_URL. */
  modelBase: string
  close(): Promise<void>
}

/** `address`: of this machine, as containers see it. `frontUrl`: where WeChat finds the server. */
export const openInternet = async (address: string, frontUrl: string): Promise<Internet> => {
  const sandbox = await startSandboxServer({
    callbackUrl: `${frontUrl}/wechat/callback`,
    clock: systemClock,
    random: randomBytes,
  })
  const inner = new URL(sandbox.url)
  // The simulator talks to its own machine alone; what containers ask is handed on from there.
  const door = createServer((incoming, outgoing) => {
    const { method, url, headers } = incoming
    const asked = request(
      {
        host: inner.hostname,
        port: inner.port,
        method,
        path: url,
        headers: { ...headers, host: inner.host },
      },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(outgoing)
      },
    )
    asked.on('error', () => outgoing.destroy())
    outgoing.on('close', () => asked.destroy())
    incoming.pipe(asked)
  })
  await new Promise<void>((resolve, reject) => {
    door.once('error', (cause) =>
      reject(
        new Error(`containers cannot reach this machine at ${address}: Docker Engine on Linux is needed`, {
          cause,
        }),
      ),
    )
    door.listen(0, address, resolve)
  })
  const bound = door.address()
  const outer = `http://${address}:${typeof bound === 'object' ? bound?.port : ''}`
  return {
    platform: sandbox.platform,
    apiBase: sandbox.apiBase.replace(inner.origin, outer),
    modelBase: sandbox.modelBase.replace(inner.origin, outer),
    async close() {
      door.closeAllConnections()
      door.close()
      await sandbox.close()
    },
  }
}
