import type { Log } from '../base/log.ts'
import type { Abilities } from './probe-account.ts'

/** What was last found out about an account. `probedAt`: milliseconds since the Unix epoch. */
export type Facts = Abilities & { probedAt: number }

export type AccountFacts = {
  read(appId: string): Promise<Facts | undefined>
  /** In the place of what was known before. */
  write(appId: string, facts: Facts): Promise<void>
}

/** What was found stands even when it cannot be kept. */
export const rememberFacts = async (
  { facts, appId, log }: { facts: AccountFacts; appId: string; log: Log },
  found: Facts,
): Promise<void> => {
  try {
    await facts.write(appId, found)
  } catch (err) {
    log.warn({ err }, 'what the account may do could not be remembered')
  }
}
