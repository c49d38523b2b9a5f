import type { Clock } from '../base/clock.ts'
import type { Ids } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import type { Refusal, RuleName } from './incoming.ts'
import type { Meters } from './meters.ts'

/**
 * Why something was refused, for the operator. `rule` names the rule; `details` the line and the numbers that decided,
 * never what the user said.
 */
export type NotedRefusal = {
  code: string
  at: number
  rule: RuleName
  userId: string | undefined
  details: { [name: string]: string | number | undefined }
}

export type Refusals = {
  record(refusal: NotedRefusal): Promise<void>
  find(code: string): Promise<NotedRefusal | undefined>
  /** Forgets what was refused before `before`. */
  forget(before: number): Promise<void>
}

/** Notes a refusal. A note that cannot be kept is still in the log. */
export type Refuse = (
  rule: RuleName,
  userId: string | undefined,
  details: NotedRefusal['details'],
) => Promise<Refusal>

export const createRefuse =
  (parts: {
    refusals: Pick<Refusals, 'record'>
    meters: Pick<Meters, 'turnedAway'>
    ids: Ids
    clock: Clock
    log: Log
  }): Refuse =>
  async (rule, userId, details) => {
    const code = parts.ids.refusalCode()
    parts.meters.turnedAway(rule)
    parts.log.info({ ...details, rule, userId, refusalCode: code }, 'refused')
    await parts.refusals
      .record({ code, at: parts.clock.now(), rule, userId, details })
      .catch((err) => parts.log.warn({ err, refusalCode: code }, 'a refusal was not noted'))
    return { rule, code }
  }
