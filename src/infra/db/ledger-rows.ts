import type { Knex } from 'knex'
import {
  allot,
  bySpendingOrder,
  type Gift,
  type Grant,
  type GrantKind,
  isSpendable,
  spendable,
} from '../../quota/grant.ts'
import { EFFECTS, type EntryKind } from '../../quota/ledger.ts'

type GrantRow = {
  id: string
  kind: GrantKind
  calls: number
  left_calls: number
  held_calls: number
  expires_at: number
}

export type NewEntry = {
  user_id: string
  grant_id: string
  kind: EntryKind
  calls: number
  turn_id?: string
  reason: string
}

/** 9999-12-31T23:59:59.999Z: later than anything that expires, and it sorts. */
export const NEVER = 253_402_300_799_999

/**
 * A user's changes come one after the other: whoever has touched the row first goes on, the others wait for the end of
 * that transaction. As a write it also comes before SQLite's first read, which would pin an old state. False when there
 * is no such user.
 */
export const lockUser = async (trx: Knex, userId: string): Promise<boolean> =>
  (await trx('users')
    .where({ id: userId })
    .update({ created_at: trx.ref('created_at') })) > 0

/** The user's grants that can be spent at `now`, in the order they are spent in. */
export const grantsOf = async (knex: Knex, userId: string, now: number): Promise<Grant[]> => {
  const rows = await knex('grants')
    .where({ user_id: userId })
    .where('expires_at', '>', now)
    .select<GrantRow[]>('id', 'kind', 'calls', 'left_calls', 'held_calls', 'expires_at')
  return rows
    .map(toGrant)
    .filter((grant) => isSpendable(grant, now))
    .toSorted(bySpendingOrder)
}

const toGrant = (row: GrantRow): Grant => ({
  id: row.id,
  kind: row.kind,
  calls: row.calls,
  left: row.left_calls,
  held: row.held_calls,
  expiresAt: row.expires_at === NEVER ? undefined : row.expires_at,
})

/**
 * Adds entries and changes their grants accordingly, both or neither. Throws when a grant has not what an entry takes:
 * the transaction is to be rolled back.
 */
export const enter = async (trx: Knex, entries: readonly NewEntry[], now: number): Promise<void> => {
  for (const { grant_id, kind, calls } of entries) {
    const { left, held } = EFFECTS[kind]
    const changed = await trx('grants')
      .where({ id: grant_id })
      .whereRaw('left_calls + ? >= 0 and held_calls + ? >= 0', [left * calls, held * calls])
      .update({
        left_calls: trx.raw('left_calls + ?', [left * calls]),
        held_calls: trx.raw('held_calls + ?', [held * calls]),
      })
    if (changed === 0) throw new Error(`grant ${grant_id} has no ${calls} calls to ${kind}`)
  }
  await trx('ledger_entries').insert(entries.map((entry) => ({ at: now, ...entry })))
}

/** Makes a grant and its first entry. A source that was given before is a duplicate. */
export const giveGrant = async (trx: Knex, id: string, gift: Gift, now: number): Promise<void> => {
  const { userId, kind, source, calls, expiresAt, reason } = gift
  const figures = { calls, left_calls: 0, expires_at: expiresAt ?? NEVER, created_at: now }
  await trx('grants').insert({ id, user_id: userId, kind, source, ...figures })
  await enter(trx, [{ user_id: userId, grant_id: id, kind: 'grant', calls, reason }], now)
}

/** Takes what a turn costs out of the user's grants, in a transaction that has locked the user. */
export const reserve = async (
  trx: Knex,
  turn: { turnId: string; userId: string; calls: number; now: number },
): Promise<{ ok: true } | { ok: false; left: number }> => {
  const { turnId, userId, calls, now } = turn
  if (calls === 0) return { ok: true }
  const grants = await grantsOf(trx, userId, now)
  const shares = allot(grants, calls, now)
  if (!shares) return { ok: false, left: spendable(grants, now) }
  const entry = { user_id: userId, kind: 'reserve', turn_id: turnId, reason: 'a question' } as const
  await enter(
    trx,
    shares.map((share) => ({ ...entry, grant_id: share.grantId, calls: share.calls })),
    now,
  )
  return { ok: true }
}

/**
 * Ends a turn's reservation (settle, release) or takes its charge back (refund). Once: the caller's conditional update
 * of the turn, in the same transaction, has decided that it is its to do.
 */
export const close = async (
  trx: Knex,
  turnId: string,
  kind: 'settle' | 'release' | 'refund',
  reason: string,
  now: number,
): Promise<void> => {
  const reserved = await trx('ledger_entries')
    .where({ turn_id: turnId, kind: 'reserve' })
    .orderBy('id')
    .select<{ user_id: string; grant_id: string; calls: number }[]>('user_id', 'grant_id', 'calls')
  if (reserved.length === 0) return
  await enter(
    trx,
    reserved.map((entry) => ({ ...entry, kind, turn_id: turnId, reason })),
    now,
  )
}
