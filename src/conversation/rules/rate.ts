import type { RateLimits } from '../rate-limits.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

const MINUTE_MS = 60_000

/** Limits the turns one person may start in a minute. Commands stand before it in the rulebook and are free. */
export const rate = (limits: RateLimits, perMinute: number, texts: Texts): Rule =>
  async function rate({ said, person }, next) {
    if (said.kind !== 'text') return next()
    const key = `turns:${person.account}:${person.openid}`
    const taken = await limits.take(key, { limit: perMinute, windowMs: MINUTE_MS })
    if (taken.ok) return next()
    return { kind: 'say', text: texts.tooFast(Math.max(1, Math.ceil(taken.retryAfterMs / 1000)), '') }
  }
