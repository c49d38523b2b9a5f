import { request as ask, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type SandboxServer, startSandboxServer } from '../../src/sandbox/server.ts'

export type ModelProvider = {
  /** For a channel's baseUrl. */
  baseUrl: string
  /** API keys as they came, one for each request. */
  keys: string[]
  /** Keys that are answered with this HTTP status instead of an answer, or never. */
  refusals: Map<string, number | 'never'>
  /** The scripted model behind it. */
  model: SandboxServer['model']
  close(): Promise<void>
}

/** The scripted model over HTTP, behind a door that notes the keys and can refuse some of them. */
export const startModelProvider = async (): Promise<ModelProvider> => {
  const sandbox = await startSandboxServer()
  const keys: string[] = []
  const refusals = new Map<string, number | 'never'>()
  const door = createServer((incoming, outgoing) => {
    const key = incoming.headers.authorization?.replace(/^Bearer /, '') ?? ''
    keys.push(key)
    const status = refusals.get(key)
    if (status === 'never') return
    if (status !== undefined) {
      const error = { message: `no: ${key}`, type: 'x', param: null, code: `refused_${key}` }
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }))
      return
    }
    const { method = 'GET', headers } = incoming
    const behind = ask(`${sandbox.modelBase}${incoming.url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
      answer.on('error', () => outgoing.destroy())
    })
    behind.on('error', () => outgoing.destroy())
    outgoing.on('close', () => behind.destroy())
    incoming.pipe(behind)
  })
  await new Promise<void>((resolve) => {
    door.listen(0, '127.0.0.1', resolve)
  })
  const { port } = door.address() as AddressInfo
  return {
    ...{ baseUrl: `http://127.0.0.1:${port}`, keys, refusals, model: sandbox.model },
    async close() {
      door.closeAllConnections()
      await new Promise((resolve) => door.close(resolve))
      await sandbox.close()
    },
  }
}
