import { Router } from 'express'
import type { Build } from '../base/build.ts'
import type { Log } from '../base/log.ts'
import type { OperatorsOnly } from './operators-only.ts'

/** A dependency that has to answer before the service can work. Rejects when it does not. */
export type ReadyCheck = { name: string; check: () => Promise<unknown> }

const CHECK_MS = 2000

/**
 * `/healthz`: the process lives, and which program it is. `/readyz`: so does everything it needs, 503 when not; to the operator with the state of
 * each.
 */
export const health = (
  checks: readonly ReadyCheck[],
  log: Log,
  looking: OperatorsOnly,
  { version, commit }: Build,
): Router => {
  const router = Router()
  let underWay: Promise<State[]> | undefined
  const away = new Set<string>()
  /** A monitor asks every few seconds: the log is told of what changed. */
  const tell = (name: string, err?: unknown) => {
    if (err === undefined ? !away.delete(name) : away.has(name)) return
    if (err === undefined) return log.info({ name }, 'ready again')
    away.add(name)
    log.warn({ err, name }, 'not ready')
  }
  /** Whoever asks meanwhile is told the same: nobody can have the dependencies asked more than once at a time. */
  const look = (): Promise<State[]> => {
    underWay ??= statesOf(checks, tell).finally(() => {
      underWay = undefined
    })
    return underWay
  }
  router.get('/healthz', (_req, res) => {
    res.set('cache-control', 'no-store').json({ status: 'ok', version, commit: commit ?? null })
  })
  router.get('/readyz', async (req, res) => {
    const states = await look()
    const ok = states.every((state) => state.ok)
    const status = ok ? 'ok' : 'not-ready'
    res
      .status(ok ? 200 : 503)
      .set('cache-control', 'no-store')
      .json(looking(req) === 'may' ? { status, checks: states } : { status })
  })
  return router
}

type State = { name: string; ok: boolean }

const statesOf = (
  checks: readonly ReadyCheck[],
  tell: (name: string, err?: unknown) => void,
): Promise<State[]> =>
  Promise.all(
    checks.map(async ({ name, check }) => {
      try {
        await withinMs(check(), CHECK_MS)
        tell(name)
        return { name, ok: true }
      } catch (err) {
        tell(name, err)
        return { name, ok: false }
      }
    }),
  )

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
