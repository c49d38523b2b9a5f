import type { Knex } from 'knex'
import type { RuleName } from '../../conversation/incoming.ts'
import type { LedgerLine, PersonalData, PersonalRecords } from '../../conversation/personal-data.ts'
import type { GrantKind } from '../../quota/grant.ts'
import { NEVER } from './ledger-rows.ts'

type UserRow = {
  id: string
  account: string
  openid: string
  model: string | null
  created_at: number
  followed_at: number | null
  messaged_at: number
  tapped_at: number
  blocked_at: number | null
}

type KeyRow = { channel: string; tail: string; created_at: number }
type GrantRow = {
  kind: GrantKind
  calls: number
  left_calls: number
  created_at: number
  expires_at: number
}
type CardRow = { batch: number; serial: number; redeemed_at: number }
type MessageRow = { received_at: number; reply: string | null }
type SessionRow = { user_agent: string; created_at: number; last_seen_at: number; expires_at: number }
type RefusalRow = { code: string; rule: RuleName; at: number }

export const createKnexPersonalData = (knex: Knex): PersonalData => ({
  async records(userId) {
    const user = await knex('users').where({ id: userId }).first<UserRow | undefined>()
    return user && { ...personOf(user), ...(await recordsOf(knex, user)) }
  },

  async entries(userId, { limit, after }) {
    const rows = await knex('ledger_entries')
      .where({ user_id: userId })
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .select<(Omit<LedgerLine, 'turnId'> & { turn_id: string | null })[]>(
        ...['id', 'at', 'kind', 'calls', 'turn_id', 'reason'],
      )
    return rows.map(({ turn_id, ...row }) => ({ ...row, turnId: turn_id ?? undefined }))
  },
})

type Person = 'id' | 'account' | 'openid' | 'model' | `${string}At`

const personOf = (row: UserRow): Pick<PersonalRecords, Extract<keyof PersonalRecords, Person>> => ({
  ...{ id: row.id, account: row.account, openid: row.openid, model: row.model ?? undefined },
  ...{ createdAt: row.created_at, followedAt: row.followed_at ?? undefined },
  // 0: never.
  ...{ messagedAt: row.messaged_at || undefined, tappedAt: row.tapped_at || undefined },
  blockedAt: row.blocked_at ?? undefined,
})

const recordsOf = async (
  knex: Knex,
  { id, account, openid }: UserRow,
): Promise<Omit<PersonalRecords, Extract<keyof PersonalRecords, Person>>> => {
  const ofUser = { user_id: id }
  const key = await knex('own_keys').where(ofUser).first<KeyRow | undefined>()
  const grants = await knex('grants').where(ofUser).orderBy('id').select<GrantRow[]>()
  const cards = await knex('card_uses').where(ofUser).orderBy('redeemed_at').select<CardRow[]>()
  const messages = await knex('inbound_messages')
    .where({ account, openid })
    .orderBy('received_at')
    .select<MessageRow[]>('received_at', 'reply')
  const pushes = await knex('pushes').where(ofUser).orderBy('id').select<{ sent_at: number }[]>('sent_at')
  const sessions = await knex('sessions').where(ofUser).orderBy('created_at').select<SessionRow[]>()
  const refusals = await knex('refusals').where(ofUser).orderBy('at').select<RefusalRow[]>()
  return {
    ownKey: key && { channel: key.channel, tail: key.tail, createdAt: key.created_at },
    grants: grants.map((row) => ({
      ...{ kind: row.kind, calls: row.calls, remaining: row.left_calls, createdAt: row.created_at },
      expiresAt: row.expires_at === NEVER ? undefined : row.expires_at,
    })),
    cards: cards.map(({ batch, serial, redeemed_at }) => ({ batch, serial, redeemedAt: redeemed_at })),
    messages: messages.map((row) => ({ receivedAt: row.received_at, reply: row.reply ?? undefined })),
    pushes: pushes.map(({ sent_at }) => ({ sentAt: sent_at })),
    sessions: sessions.map((row) => ({
      ...{ userAgent: row.user_agent, createdAt: row.created_at },
      ...{ lastSeenAt: row.last_seen_at, expiresAt: row.expires_at },
    })),
    refusals: refusals.map(({ code, rule, at }) => ({ code, rule, at })),
  }
}
