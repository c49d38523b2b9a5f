import { Router } from 'express'
import type { Build } from '../base/build.ts'
import type { Log } from '../base/log.ts'
import type { OperatorsOnly } from './operators-only.ts'

/**
 * A dependency that has to answer before the service can work. Rejects when it does not. `advice`: the service works
 * without it, and is ready; what is wrong with it is told to the operator alone.
 */
export type ReadyCheck = {
  name: string
  check: () => Promise<unknown>
  advice?: () => { [name: string]: string | null }
}

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
    const ok = states.every((state) => state.ok || state.isAdvice)
    const status = ok ? 'ok' : 'not-ready'
    res
      .status(ok ? 200 : 503)
      .set('cache-control', 'no-store')
      .json(looking(req) === 'may' ? { status, checks: states.map(shownState) } : { status })
  })
  return router
}

type State = { name: string; ok: boolean; isAdvice: boolean; advice: { [name: string]: string | null } }

const shownState = ({ name, ok, advice }: State) => ({ name, ok, ...advice })

const statesOf = (
  checks: readonly ReadyCheck[],
  tell: (name: string, err?: unknown) => void,
): Promise<State[]> =>
  Promise.all(
    checks.map(async ({ name, check, advice }) => {
      const state = { name, isAdvice: advice !== undefined, advice: advice?.() ?? {} }
      try {
        await withinMs(check(), CHECK_MS)
        // Of what is no dependency the log hears from whoever sees to it.
        if (!advice) tell(name)
        return { ...state, ok: true }
      } catch (err) {
        if (!advice) tell(name, err)
        return { ...state, ok: false }
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
