import { Router } from 'express'
import type { Ids } from '../base/ids.ts'
import { say } from '../base/say.ts'
import type { OperatorsOnly } from './operators-only.ts'
import { type Problem, sendProblem } from './problem.ts'

const needsToken = (): Problem => ({
  status: 401,
  code: 'token-required',
  title: say({ zh: '需要令牌', en: 'Token required' }),
  detail: say({
    zh: '请带上服务的 METRICS_TOKEN：Authorization: Bearer …',
    en: 'Send the METRICS_TOKEN of the service: Authorization: Bearer …',
  }),
})
const notHere = (): Problem => ({
  status: 403,
  code: 'operators-only',
  title: say({ zh: '只给运营者看', en: 'For the operator alone' }),
  detail: say({
    zh: '只能在服务所在的机器上看，除非设置了 METRICS_TOKEN 或 METRICS_PORT。',
    en: 'This is shown on the machine of the service alone, unless METRICS_TOKEN or METRICS_PORT is set.',
  }),
})

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
      return sendProblem(res, needsToken(), ids.next('trc'))
    }
    if (look === 'not-here') return sendProblem(res, notHere(), ids.next('trc'))
    const { contentType, body } = await expose()
    res.writeHead(200, {
      'content-type': contentType,
      'content-length': Buffer.byteLength(body),
    })
    res.end(body)
  })
  return router
}
