import type { Clock } from '../base/clock.ts'
import type { Ids } from '../base/ids.ts'
import type { Log } from '../base/log.ts'
import type { Meters } from './meters.ts'

/**
 * Why something was refused, for the operator. `rule` names the rule; `details` the line and the numbers that decided,
 * never what the user said.
 */
export type Refusal = {
  code: string
  at: number
  rule: string
  userId: string | undefined
  details: { [name: string]: string | number | undefined }
}

export type Refusals = {
  record(refusal: Refusal): Promise<void>
  find(code: string): Promise<Refusal | undefined>
  /** Forgets what was refused before `before`. */
  forget(before: number): Promise<void>
}

/** Notes a refusal and gives the code that the user is shown. A note that cannot be kept is still in the log. */
export type Refuse = (
  rule: string,
  userId: string | undefined,
  details: Refusal['details'],
) => Promise<string>

export const createRefuse =
  (parts: {
    refusals: Pick<Refusals, 'record'>
    meters: Pick<Meters, 'turnedAway'>
    ids: Ids
    clock: Clock
    log: Log
  }): Refuse =>
  async (rule, userId, details) => {
    const refusal = { code: parts.ids.refusalCode(), at: parts.clock.now(), rule, userId, details }
    parts.meters.turnedAway(rule)
    parts.log.info({ ...details, rule, userId, refusalCode: refusal.code }, 'refused')
    await parts.refusals
      .record(refusal)
      .catch((err) => parts.log.warn({ err, refusalCode: refusal.code }, 'a refusal was not noted'))
    return refusal.code
  }
