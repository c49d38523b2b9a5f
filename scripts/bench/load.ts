import { Agent, request } from 'node:http'

export type Post = { path: string; body: string }

/** Posts everything over `connections` kept-alive connections; answers requests per second and the bad statuses. */
export const postAll = async (
  url: string,
  posts: readonly Post[],
  connections: number,
): Promise<{ perSecond: number; bad: number }> => {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const { hostname, port } = new URL(url)
  let next = 0
  let bad = 0
  const one = ({ path, body }: Post): Promise<void> =>
    new Promise((resolve, reject) => {
      const req = request(
        {
          agent,
          hostname,
          port,
          path,
          method: 'POST',
          headers: { 'content-length': Buffer.byteLength(body) },
        },
        (res) => {
          let bytes = 0
          res.on('data', (chunk: Buffer) => {
            bytes += chunk.length
          })
          res.on('end', () => {
            // `success` would mean that nothing was answered.
            if (res.statusCode !== 200 || bytes < 100) bad += 1
            resolve()
          })
        },
      )
      req.on('error', reject)
      req.end(body)
    })
  const lane = async () => {
    for (let post = posts[next]; post; post = posts[next]) {
      next += 1
      await one(post)
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: connections }, lane))
  const seconds = (performance.now() - startedAt) / 1000
  agent.destroy()
  return { perSecond: Math.round(posts.length / seconds), bad }
}
