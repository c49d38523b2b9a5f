import type { Knex } from 'knex'
import type { Erase, Farewell } from '../../identity/erasure.ts'
import type { PersonHash } from '../../identity/person-hash.ts'
import { giveBack } from './give-back.ts'
import { enter, lockUser } from './ledger-rows.ts'
import { transact } from './transact.ts'

export const createKnexErase =
  (knex: Knex, personHash: PersonHash): Erase =>
  (user, how, now) =>
    transact(knex, async (trx) => {
      if (!(await lockUser(trx, user.id))) return false
      await giveBack(trx, { userId: user.id }, 'the user left', now)
      if (how === 'forgotten') await dropCalls(trx, user.id, now)
      await remember(trx, user.id, personHash.hash(user), how, now)
      const { account, openid } = user
      await trx('inbound_messages').where({ account, openid }).delete()
      await trx('refusals').where({ user_id: user.id }).delete()
      // Their conversations, turns, deliveries, pushes and own key go with them.
      await trx('users').where({ id: user.id }).delete()
      return true
    })

const dropCalls = async (trx: Knex, userId: string, now: number): Promise<void> => {
  const left = await trx('grants')
    .where({ user_id: userId })
    .where('left_calls', '>', 0)
    .select<{ id: string; left_calls: number }[]>('id', 'left_calls')
  if (left.length === 0) return
  const entry = { user_id: userId, kind: 'expire', reason: 'the user is forgotten' } as const
  await enter(
    trx,
    left.map(({ id, left_calls }) => ({ ...entry, grant_id: id, calls: left_calls })),
    now,
  )
}

/** By a keyed hash: who they were to find their calls again, and that they were blocked. */
const remember = async (
  trx: Knex,
  userId: string,
  hash: string,
  how: Farewell,
  now: number,
): Promise<void> => {
  const row = await trx('users').where({ id: userId }).first<{ blocked_at: number | null }>('blocked_at')
  if (how === 'forgotten' && row.blocked_at === null) return
  await trx('departed_users')
    .insert({
      ...{ person_hash: hash, user_id: how === 'left' ? userId : null },
      ...{ blocked_at: row.blocked_at, left_at: now },
    })
    .onConflict('person_hash')
    .merge()
}
