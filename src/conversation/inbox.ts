import type { Incoming } from './incoming.ts'

/** What is known of a message when it arrives. `attempt` counts its arrivals, this one included. */
export type Opened =
  | { isNew: true; attempt: 1 }
  | {
      isNew: false
      attempt: number
      /** When it arrived for the first time. */
      firstAt: number
      /** The turn it asked for, or asked more of. */
      turnId: string | undefined
      /** What it was answered with, where a repeat gets the same. */
      reply: string | undefined
      /** It kept data whose erasure waited to be confirmed. */
      hasKeptData: boolean
    }

/** A message of somebody who has been erased since: it is over, and nothing else is known of it. */
export type Spent = { isSpent: true }

/** Remembers every message that was accepted, so that a retry is never a new one, after a restart either. */
export type Inbox = {
  /** One unique row decides what is new, over all processes. */
  open(incoming: Incoming): Promise<Opened | Spent>
  /** The reply given to a message in the meantime. */
  replyTo(incoming: Incoming): Promise<string | undefined>
  /** Forgets messages that arrived before `before`, the oldest first, at most `limit`. */
  forget(before: number, limit: number): Promise<void>
  /** Forgets spent messages of people who were erased before `before`. */
  forgetSpent(before: number): Promise<void>
}
