import { ALLOWANCES } from './rules.ts'

export type Trigger = keyof typeof ALLOWANCES

export type Grant = { trigger: Trigger; left: number; expiresAt: number }

/** A user's act fills its own allowance to the full; earlier ones of the same kind do not add up. */
export const renew = (grants: Grant[], trigger: Trigger, now: number): Grant[] => {
  const { messages, windowMs } = ALLOWANCES[trigger]
  const others = grants.filter((grant) => grant.trigger !== trigger && grant.expiresAt > now)
  return [...others, { trigger, left: messages, expiresAt: now + windowMs }]
}

export type Spent = { ok: true; grants: Grant[] } | { ok: false; reason: 'outside-window' | 'used-up' }

/** Takes one message from the allowance that ends first. */
export const spend = (grants: Grant[], now: number): Spent => {
  const live = grants.filter((grant) => grant.expiresAt > now)
  if (live.length === 0) return { ok: false, reason: 'outside-window' }
  const [first] = live.filter((grant) => grant.left > 0).toSorted((a, b) => a.expiresAt - b.expiresAt)
  if (!first) return { ok: false, reason: 'used-up' }
  return {
    ok: true,
    grants: live.map((grant) => (grant === first ? { ...grant, left: grant.left - 1 } : grant)),
  }
}
