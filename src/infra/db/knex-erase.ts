import type { Knex } from 'knex'
import { SPENT_FOR_MS } from '../../base/post-age.ts'
import type { Erase, Farewell } from '../../identity/erasure.ts'
import type { PersonHash } from '../../identity/person-hash.ts'
import type { Person } from '../../identity/user.ts'
import { giveBack } from './give-back.ts'
import { enter, lockUser } from './ledger-rows.ts'
import { transact } from './transact.ts'

export const createKnexErase =
  (knex: Knex, personHash: PersonHash): Erase =>
  ({ id, account, openid }, how, now) =>
    transact(knex, async (trx) => {
      const person = { account, openid }
      const isUser = id !== undefined && (await lockUser(trx, id))
      await spendMessages(trx, person, personHash, now)
      if (!isUser) return false
      await giveBack(trx, personHash, { userId: id }, 'the user left', now)
      if (how === 'forgotten') await dropCalls(trx, id, now)
      await remember(trx, id, personHash.hash(person), how, now)
      // Should a backup of before be restored, they are erased again.
      await trx('erasures')
        .insert({ person_hash: personHash.hash(person), erased_at: now, how })
        .onConflict(['person_hash', 'erased_at'])
        .ignore()
      await trx('refusals').where({ user_id: id }).delete()
      // Their conversations, turns, deliveries, pushes and own key go with them.
      await trx('users').where({ id }).delete()
      return true
    })

const HASHES_AT_ONCE = 100

/**
 * Forgets a person's messages, but for a keyed hash of those that could be posted again: whoever has listened on the way
 * could erase the person anew with the one that erased them, or bring them back with another.
 */
const spendMessages = async (
  trx: Knex,
  person: Person,
  personHash: PersonHash,
  now: number,
): Promise<void> => {
  const recent = await trx('inbound_messages')
    .where(person)
    .where('received_at', '>=', now - SPENT_FOR_MS)
    .pluck<string[]>('message_key')
  for (let from = 0; from < recent.length; from += HASHES_AT_ONCE) {
    const rows = recent.slice(from, from + HASHES_AT_ONCE).map((messageKey) => ({
      message_hash: personHash.hash(person, messageKey),
      spent_at: now,
    }))
    await trx('spent_messages').insert(rows).onConflict('message_hash').ignore()
  }
  await trx('inbound_messages').where(person).delete()
}

/** What is left of somebody's calls is nobody's any more. */
export const dropCalls = async (trx: Knex, userId: string, now: number): Promise<void> => {
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
