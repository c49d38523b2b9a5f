import type { User } from '../identity/user.ts'
import type { Incoming } from './incoming.ts'
import type { Cost } from './turn.ts'

/** An incoming of somebody we keep a user of. */
export type Known = Incoming & { user: User }

/** What is to become a turn, and what the guards have made of it so far. */
export type Question = Known & {
  text: string
  /** It was asked before, and is asked again: it stays a question of its own. */
  again?: boolean
  /** On the allowlist: neither rate nor words matter. */
  exempt?: boolean
  cost?: Cost
}
