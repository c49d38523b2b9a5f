import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Call = {
  path: string
  token: string | null
  contentType: string | undefined
  /** The body as it came over the wire. */
  raw: string
  body: unknown
}

/** JSON to answer with, or a function that answers by itself (or never does). */
export type ScriptedReply = object | ((response: ServerResponse) => void)

export type FakeWechatApi = {
  url: string
  calls: Call[]
  /** Answers the next calls of `path` with these, in order; the last one stays. */
  script(path: string, ...replies: ScriptedReply[]): void
  callsOf(path: string): Call[]
  close(): Promise<void>
}

/** A real HTTP server that says what a test tells it to say. */
export const startFakeWechatApi = async (): Promise<FakeWechatApi> => {
  const calls: Call[] = []
  const scripts = new Map<string, ScriptedReply[]>()

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const raw = Buffer.concat(chunks).toString('utf8')
    const url = new URL(request.url ?? '/', 'http://fake')
    calls.push({
      path: url.pathname,
      token: url.searchParams.get('access_token'),
      contentType: request.headers['content-type'],
      raw,
      body: raw === '' ? undefined : JSON.parse(raw),
    })
    const replies = scripts.get(url.pathname) ?? []
    const reply = (replies.length > 1 ? replies.shift() : replies[0]) ?? {
      errcode: -404,
      errmsg: 'no script',
    }
    if (typeof reply === 'function') reply(response)
    else response.setHeader('content-type', 'application/json; encoding=utf-8').end(JSON.stringify(reply))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo

  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    script: (path, ...replies) => scripts.set(path, replies),
    callsOf: (path) => calls.filter((call) => call.path === path),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
