type Rate = { limit: number; windowMs: number }

/** Counts tries by key. `take` before each; `giveBack` when it was one that does not count. */
export type Tries = {
  take(key: string, rate: Rate): Promise<{ ok: true } | { ok: false; retryAfterMs: number }>
  giveBack(key: string, rate: Rate): Promise<void>
}

export type Counted = { key: string; rate: Rate }

/** One of each, or none: a refusal by a later one gives back those before it. */
export const takeAll = async (
  tries: Tries,
  all: readonly Counted[],
): Promise<{ ok: true } | { ok: false; retryAfterMs: number }> => {
  const taken: Counted[] = []
  for (const each of all) {
    const allowed = await tries.take(each.key, each.rate)
    if (!allowed.ok) {
      await giveAllBack(tries, taken)
      return allowed
    }
    taken.push(each)
  }
  return { ok: true }
}

export const giveAllBack = async (tries: Tries, all: readonly Counted[]): Promise<void> => {
  for (const { key, rate } of all) await tries.giveBack(key, rate)
}
