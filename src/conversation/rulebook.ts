import type { Outcome } from './incoming.ts'

/**
 * A rule answers, or passes on by returning `next()`, or `next(changed)` to have the rules behind it see something else.
 * Rules know nothing of each other.
 */
export type Rule<I> = (incoming: I, next: (changed?: I) => Promise<Outcome>) => Promise<Outcome>

/** One ordered list; whoever answers first has answered. Nobody answering means silence. */
export const createRulebook = <I>(rules: readonly Rule<I>[]): ((incoming: I) => Promise<Outcome>) => {
  const from = async (index: number, incoming: I): Promise<Outcome> => {
    const rule = rules[index]
    if (!rule) return { kind: 'nothing' }
    let passed = false
    return rule(incoming, (changed = incoming) => {
      if (passed) throw new Error(`rule ${rule.name || index} called next() twice`)
      passed = true
      return from(index + 1, changed)
    })
  }
  return (incoming) => from(0, incoming)
}
