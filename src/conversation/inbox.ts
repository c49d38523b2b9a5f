import type { Incoming } from './incoming.ts'

/** Remembers every message that was accepted, so that a retry is never a new one, after a restart either. */
export type Inbox = {
  /** True for the first of its kind; one unique row decides, over all processes. */
  open(incoming: Incoming): Promise<boolean>
  /** The turn a known message became, if it became one. */
  turnOf(incoming: Incoming): Promise<string | undefined>
}
