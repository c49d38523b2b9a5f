import type { App } from '../../app.ts'
import type { ConversationSummary, TurnRecord } from '../../conversation/conversations.ts'
import type { Locale } from '../../conversation/texts.ts'
import { deviceIn } from '../../identity/device-of.ts'
import { isFreshLogin, type Session } from '../../identity/sessions.ts'
import type { User } from '../../identity/user.ts'
import type { Balance } from '../../quota/ledger.ts'
import type * as contract from '../contract.ts'
import { failureTextOf } from './failure-texts.ts'

/** What leaves is listed by hand: nothing gets out because it was there. */

export type MeOf = contract.Me

export const quotaOf = ({ remaining, grants }: Balance): contract.Quota => ({
  remaining,
  grants: grants.map((grant) => ({
    ...{ kind: grant.kind, remaining: grant.remaining, expiresAt: grant.expiresAt ?? null },
  })),
})

export const createMeOf =
  (page: App['page']) =>
  async (user: User, session: Session, now: number): Promise<contract.Me> => ({
    id: user.id,
    quota: quotaOf(await page.balanceOf(user, now)),
    ownKey: user.ownKey ? { channel: user.ownKey.channel, tail: user.ownKey.tail } : null,
    ownKeyChannels: page.models.ownKeyChannels().map(({ code, models }) => ({ code, models: [...models] })),
    model: page.models.chosenBy(user) ?? null,
    conversationId: user.conversationId,
    following: user.following,
    freshLogin: isFreshLogin(session, now),
  })

export const sessionOf = (session: Session, currentId: string): contract.Session => {
  const { browser, system } = deviceIn(session.userAgent)
  return {
    id: session.id,
    current: session.id === currentId,
    userAgent: session.userAgent,
    browser: browser ?? null,
    system: system ?? null,
    createdAt: session.createdAt,
    lastSeenAt: session.lastSeenAt,
    expiresAt: session.expiresAt,
  }
}

export const conversationOf = (
  summary: ConversationSummary,
  { conversationId }: Pick<User, 'conversationId'>,
): contract.Conversation => ({
  id: summary.id,
  title: summary.title ?? null,
  turns: summary.turns,
  createdAt: summary.createdAt,
  updatedAt: summary.updatedAt,
  inWechat: summary.id === conversationId,
})

export const turnOf = (turn: TurnRecord, locale: Locale): contract.Turn => {
  const failure = failureOf(turn, locale)
  return {
    id: turn.id,
    conversationId: turn.conversationId,
    status: statusOf(turn),
    question: turn.question,
    answer: isStoppedEmpty(turn) ? '' : (turn.answer ?? null),
    ending: isStoppedEmpty(turn) ? 'stopped' : (turn.ending ?? null),
    failure: failure ?? null,
    model: turn.model ?? null,
    usage: turn.usage ?? null,
    charged: turn.charged,
    via: turn.onPage ? 'page' : 'wechat',
    createdAt: turn.createdAt,
    endedAt: turn.endedAt ?? null,
  }
}

/** Stopped before a word was said: what the user wanted, and no failure to them. */
const isStoppedEmpty = ({ status, failure }: TurnRecord): boolean =>
  status === 'failed' && failure === 'stopped'

const statusOf = (turn: TurnRecord): contract.Turn['status'] => {
  if (isStoppedEmpty(turn)) return 'answered'
  return turn.status === 'received' || turn.status === 'queued' ? 'waiting' : turn.status
}

const failureOf = (turn: TurnRecord, locale: Locale): contract.Turn['failure'] | undefined => {
  if (turn.status !== 'failed' || isStoppedEmpty(turn)) return undefined
  const code = turn.failure ?? 'gave-up'
  const why = turn.shown ? 'shown' : 'often'
  const charge = turn.charged > 0 ? why : undefined
  return { code, message: failureTextOf(code, turn.refusalCode, locale, charge) }
}

/** The last event of a turn's answer; undefined turn: it was deleted meanwhile, and `spent` calls were charged for it. */
export const endOf = (
  turn: TurnRecord | undefined,
  locale: Locale,
  spent = 0,
):
  | { type: 'finish'; data: contract.TurnEvents['finish'] }
  | { type: 'error'; data: contract.TurnEvents['error'] } => {
  if (!turn)
    return {
      type: 'error',
      data: { code: 'deleted', message: failureTextOf('deleted', undefined, locale), charged: spent },
    }
  const { failure, usage, charged, ending } = turnOf(turn, locale)
  return failure
    ? { type: 'error', data: { ...failure, charged } }
    : { type: 'finish', data: { usage, charged, ending: ending ?? 'whole' } }
}
