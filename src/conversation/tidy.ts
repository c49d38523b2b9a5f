import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { MESSAGES_FOR_MS, SPENT_FOR_MS } from '../base/post-age.ts'
import { shanghaiDay } from '../base/shanghai-day.ts'
import type { ForgetFreeEnds } from '../quota/free-ends.ts'
import type { Ledger } from '../quota/ledger.ts'
import { PUSH_GRANTS } from './allowance.ts'
import type { Deliveries } from './delivery.ts'
import type { Inbox } from './inbox.ts'
import type { PushLedger } from './push-ledger.ts'
import type { Refusals } from './refusals.ts'

const DAY_MS = 24 * 3_600_000
/** Answers that nobody asked for; longer than a link to them lives. */
const HELD_FOR_MS = 8 * DAY_MS
const REFUSALS_FOR_MS = 30 * DAY_MS
/** The page can still tell that a ticket or a code came too late. */
const LOGINS_FOR_MS = 3_600_000
/** What is left over waits for the next time. */
const AT_ONCE = 1000

/** Forgets sessions, login tickets and codes that expired before `before`, the oldest first, at most `limit` of each. */
export type ForgetLogins = (before: number, limit: number) => Promise<void>

/** Ends and forgets what has had its time, a bounded amount of each. One process does it. */
export const createTidy =
  (parts: {
    deliveries: Pick<Deliveries, 'expireHeld'>
    inbox: Pick<Inbox, 'forget' | 'forgetSpent'>
    pushes: Pick<PushLedger, 'forget'>
    ledger: Pick<Ledger, 'expire'>
    refusals: Pick<Refusals, 'forget'>
    forgetLogins: ForgetLogins
    forgetFreeEnds: ForgetFreeEnds
    clock: Pick<Clock, 'now'>
    log: Log
  }) =>
  async (): Promise<void> => {
    const now = parts.clock.now()
    const expired = await parts.deliveries.expireHeld(now - HELD_FOR_MS, now)
    if (expired > 0) parts.log.info({ expired }, 'answers that nobody asked for have expired')
    await parts.ledger.expire(now, AT_ONCE)
    await parts.pushes.forget(now - PUSH_GRANTS.message.windowMs)
    await parts.inbox.forget(now - MESSAGES_FOR_MS, AT_ONCE)
    await parts.inbox.forgetSpent(now - SPENT_FOR_MS)
    await parts.refusals.forget(now - REFUSALS_FOR_MS)
    await parts.forgetFreeEnds(shanghaiDay(now), AT_ONCE)
    await parts.forgetLogins(now - LOGINS_FOR_MS, AT_ONCE)
  }
