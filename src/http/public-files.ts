import { Router } from 'express'
import type { App } from '../app.ts'

/** The operator's few files at the root: WeChat's proofs that the domain is theirs, and the account's QR code. */
export const publicFiles = ({ read }: App['publicFiles']): Router => {
  const router = Router()
  router.get(/^\/[\w-]{1,60}\.(?:txt|png|jpg)$/, async (req, res, next) => {
    const file = await read(req.path.slice(1))
    if (!file) return next()
    res.set('cache-control', 'no-cache').type(file.type).send(file.bytes)
  })
  return router
}
