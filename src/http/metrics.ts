import { Router } from 'express'

/** `GET /metrics`, in Prometheus's text format. For the operator's own network: keep it from the public. */
export const metrics = (expose: () => Promise<{ contentType: string; body: string }>): Router => {
  const router = Router()
  router.get('/metrics', async (_req, res) => {
    const { contentType, body } = await expose()
    res.writeHead(200, {
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
      'cache-control': 'no-store',
    })
    res.end(body)
  })
  return router
}
