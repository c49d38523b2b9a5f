import type { Incoming, Outcome } from './incoming.ts'

/** A rule answers, or passes on by returning `next()`. Rules know nothing of each other. */
export type Rule = (incoming: Incoming, next: () => Promise<Outcome>) => Promise<Outcome>

/** One ordered list; whoever answers first has answered. Nobody answering means silence. */
export const createRulebook = (rules: readonly Rule[]): ((incoming: Incoming) => Promise<Outcome>) => {
  const from = async (index: number, incoming: Incoming): Promise<Outcome> => {
    const rule = rules[index]
    if (!rule) return { kind: 'nothing' }
    let passed = false
    return rule(incoming, () => {
      if (passed) throw new Error(`rule ${rule.name || index} called next() twice`)
      passed = true
      return from(index + 1, incoming)
    })
  }
  return (incoming) => from(0, incoming)
}
