import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'

/** What is kept for so long and no longer. Undefined: for good. */
export type Keeping = { turnsMs: number | undefined; auditMs: number | undefined }

/** Where it is removed, at most `limit` at once; each says how many went. */
export type Retention = {
  /**
   * Turns asked before `before`, with their deliveries. An answer that is still on its way, or waits to be asked for, stays;
   * the charge of one that nobody was ever shown is given back first.
   */
  removeTurns(before: number, limit: number, now: number): Promise<number>
  /**
   * Looks at `limit` conversations after the one of that id, and removes those without a turn that were not touched since
   * `before` and are nobody's current one. `last`: where to go on; '', the beginning, when it was the end.
   */
  removeEmptyConversations(
    after: string,
    before: number,
    limit: number,
  ): Promise<{ removed: number; last: string }>
  /** Entries of the audit noted before `before`, oldest first. */
  removeAudit(before: number, limit: number): Promise<number>
}

/** What is left over waits for the next sweep, half a minute later. */
const AT_ONCE = 500

/** Removes what the operator's settings do not keep any longer, a bounded amount each time. The ledger keeps its figures. */
export const createRetain = (parts: {
  retention: Retention
  keeping: Keeping
  clock: Pick<Clock, 'now'>
  log: Log
}) => {
  const { retention, keeping, clock, log } = parts
  let lookedAt = ''
  return async (): Promise<void> => {
    const now = clock.now()
    const removed = { turns: 0, conversations: 0, audit: 0 }
    if (keeping.turnsMs !== undefined) {
      const before = now - keeping.turnsMs
      removed.turns = await retention.removeTurns(before, AT_ONCE, now)
      const { removed: empty, last } = await retention.removeEmptyConversations(lookedAt, before, AT_ONCE)
      removed.conversations = empty
      lookedAt = last
    }
    if (keeping.auditMs !== undefined)
      removed.audit = await retention.removeAudit(now - keeping.auditMs, AT_ONCE)
    if (removed.turns + removed.conversations + removed.audit > 0)
      log.info({ removed }, 'what KEEP_TURNS and KEEP_AUDIT keep no longer is removed')
  }
}
