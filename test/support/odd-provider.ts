import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** One request as it came. `body`: what the JSON says. */
export type OddRequest = { key: string; body: { [field: string]: unknown }; text: string }

/** What is sent back, byte for byte. `hangs`: the connection stays open after the last piece; `breaks`: it is cut. */
export type OddReply = {
  status?: number
  type?: string
  pieces: readonly (string | Uint8Array)[]
  gapMs?: number
  atEnd?: 'hangs' | 'breaks'
}

export type OddProvider = {
  baseUrl: string
  requests: OddRequest[]
  reply: (request: OddRequest) => OddReply
  close(): Promise<void>
}

/** A provider that speaks a dialect: whatever `reply` says goes out raw. */
export const startOddProvider = async (): Promise<OddProvider> => {
  const door = createServer(async (incoming, outgoing) => {
    let text = ''
    for await (const data of incoming.setEncoding('utf8')) text += data
    const key = incoming.headers.authorization?.replace(/^Bearer /, '') ?? ''
    const request = { key, body: text === '' ? {} : JSON.parse(text), text }
    provider.requests.push(request)
    const { status = 200, type = 'text/event-stream', pieces, gapMs = 0, atEnd } = provider.reply(request)
    outgoing.on('error', () => {})
    outgoing.writeHead(status, { 'content-type': type })
    outgoing.flushHeaders()
    for (const piece of pieces) {
      outgoing.write(piece)
      await pause(gapMs)
    }
    if (atEnd === 'breaks') outgoing.destroy()
    else if (atEnd !== 'hangs') outgoing.end()
  })
  await new Promise<void>((resolve) => {
    door.listen(0, '127.0.0.1', resolve)
  })
  const { port } = door.address() as AddressInfo
  const provider: OddProvider = {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests: [],
    reply: () => words('你好'),
    async close() {
      door.closeAllConnections()
      await new Promise((resolve) => door.close(resolve))
    },
  }
  return provider
}

/** One frame of a stream, as OpenAI sends it. */
export const frame = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason }] })}\n\n`

export const DONE = 'data: [DONE]\n\n'

/** A well-behaved stream of these words. */
export const words = (...said: string[]): OddReply => ({
  pieces: [...said.map((content) => frame({ content })), frame({}, 'stop'), DONE],
})

export const json = (status: number, body: unknown): OddReply => ({
  status,
  type: 'application/json',
  pieces: [typeof body === 'string' ? body : JSON.stringify(body)],
})
