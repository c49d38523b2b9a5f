import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the model says, piece by piece, waiting for `hold` before the last; or the HTTP error it answers with. */
export type Telling = { pieces: string[]; hold?: Promise<unknown>; status?: number }

export type TellingModel = {
  /** For OPENAI_BASE_URL. */
  baseUrl: string
  /** How often it was asked. */
  calls(): number
  /** What it says from now on. */
  tells(telling: Telling): void
  close(): Promise<void>
}

/** A provider that speaks OpenAI's streams over HTTP and says word for word what a test wants it to say. */
export const startTellingModel = async (): Promise<TellingModel> => {
  let calls = 0
  let telling: Telling = { pieces: ['好'] }
  const server = createServer(async (req, res) => {
    for await (const _ of req);
    if (!req.url?.endsWith('/chat/completions')) return void res.writeHead(404).end()
    calls += 1
    const { pieces, hold, status } = telling
    if (status !== undefined) return void res.writeHead(status).end()
    const gone = once(res, 'close')
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    const send = (choice: object, more: object = {}) =>
      res.write(
        `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [choice], ...more })}\n\n`,
      )
    for (const [index, content] of pieces.entries()) {
      if (hold && index === pieces.length - 1) await Promise.race([hold, gone])
      send({ index: 0, delta: { content }, finish_reason: null })
    }
    send({ index: 0, delta: {}, finish_reason: 'stop' })
    res.end('data: [DONE]\n\n')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    calls: () => calls,
    tells(next) {
      telling = next
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
