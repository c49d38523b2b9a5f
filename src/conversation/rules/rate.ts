import type { PersonHash } from '../../identity/person-hash.ts'
import type { Question } from '../question.ts'
import type { RateLimits } from '../rate-limits.ts'
import type { Refuse } from '../refusals.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

const MINUTE_MS = 60_000

/** Limits the turns one person may start in a minute, forgotten meanwhile or not. Commands stand before it in the rulebook and are free. */
export const rate = (parts: {
  limits: Pick<RateLimits, 'take'>
  perMinute: number
  personHash: Pick<PersonHash, 'limitKey'>
  refuse: Refuse
  texts: Pick<Texts, 'tooFast'>
}): Rule<Question> =>
  async function rate({ user, person, exempt }, next) {
    if (exempt) return next()
    const { perMinute } = parts
    const rate = { limit: perMinute, windowMs: MINUTE_MS }
    const taken = await parts.limits.take(`turns:${parts.personHash.limitKey(person)}`, rate)
    if (taken.ok) return next()
    const waitSeconds = Math.max(1, Math.ceil(taken.retryAfterMs / 1000))
    const refusal = await parts.refuse('rate', user.id, { perMinute, waitSeconds })
    return { kind: 'say', text: parts.texts.tooFast(waitSeconds, refusal.code), refusal }
  }
