import { Router } from 'express'
import type { Log } from '../base/log.ts'

/** A dependency that has to answer before the service can work. Rejects when it does not. */
export type ReadyCheck = { name: string; check: () => Promise<unknown> }

const CHECK_MS = 2000

/** `/healthz`: the process lives. `/readyz`: so does everything it needs, each with its state; 503 when not. */
export const health = (checks: readonly ReadyCheck[], log: Log): Router => {
  const router = Router()
  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' })
  })
  router.get('/readyz', async (_req, res) => {
    const states = await Promise.all(
      checks.map(async ({ name, check }) => {
        try {
          await withinMs(check(), CHECK_MS)
          return { name, ok: true }
        } catch (err) {
          log.warn({ err, name }, 'not ready')
          return { name, ok: false }
        }
      }),
    )
    const ok = states.every((state) => state.ok)
    res.status(ok ? 200 : 503).json({ status: ok ? 'ok' : 'not-ready', checks: states })
  })
  return router
}

const withinMs = async (work: Promise<unknown>, ms: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ms} ms`)), ms)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
