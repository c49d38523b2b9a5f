import { Router } from 'express'
import type { Ids } from '../base/ids.ts'
import type { OperatorsOnly } from './operators-only.ts'
import { type Problem, sendProblem } from './problem.ts'

const NEEDS_TOKEN: Problem = {
  status: 401,
  code: 'token-required',
  title: 'Token required',
  detail: 'Send the METRICS_TOKEN of the service: Authorization: Bearer …',
}
const NOT_HERE: Problem = {
  status: 403,
  code: 'operators-only',
  title: 'For the operator alone',
  detail: 'This is shown on the machine of the service alone, unless METRICS_TOKEN or METRICS_PORT is set.',
}

/** `GET /metrics`, in Prometheus's text format, for the operator alone. */
export const metrics = (
  expose: () => Promise<{ contentType: string; body: string }>,
  looking: OperatorsOnly,
  ids: Pick<Ids, 'next'>,
): Router => {
  const router = Router()
  router.get('/metrics', async (req, res) => {
    res.set('cache-control', 'no-store')
    const look = looking(req)
    if (look === 'needs-token') {
      res.set('www-authenticate', 'Bearer')
      return sendProblem(res, NEEDS_TOKEN, ids.next('trc'))
    }
    if (look === 'not-here') return sendProblem(res, NOT_HERE, ids.next('trc'))
    const { contentType, body } = await expose()
    res.writeHead(200, {
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
    })
    res.end(body)
  })
  return router
}
