import type { Knex } from 'knex'
import type { Retention } from '../../conversation/retention.ts'
import type { PersonHash } from '../../identity/person-hash.ts'
import { refundUnshown } from './charge-turn.ts'
import { lockUser } from './ledger-rows.ts'
import { transact } from './transact.ts'

/** Before any id. */
const FIRST = ''

/** As long as one transaction may hold what others wait for. */
const DELETED_AT_ONCE = 100

/** Nobody was shown it while it was kept: this is no way to spend the operator's calls. */
const NEVER_READ = { reason: 'never read', spent: false }

export const createKnexRetention = (knex: Knex, personHash: PersonHash): Retention => ({
  async removeTurns(before, limit, now) {
    const old = await knex('turns')
      .leftJoin('deliveries', 'deliveries.turn_id', 'turns.id')
      .where('turns.created_at', '<', before)
      .whereIn('turns.status', ['answered', 'failed'])
      .where((over) =>
        over
          .whereNull('deliveries.turn_id')
          .orWhereIn('deliveries.status', ['delivered', 'expired'])
          .orWhere({ 'deliveries.status': 'replied', 'deliveries.due_at': 0 }),
      )
      .orderBy('turns.created_at')
      .limit(limit)
      .select<{ id: string; charged: boolean | number; shown_at: number | null }[]>(
        'turns.id',
        'turns.charged',
        'turns.shown_at',
      )
    for (const { id, charged, shown_at } of old)
      if (charged && shown_at === null)
        await transact(knex, (trx) => refundUnshown(trx, personHash, id, NEVER_READ, now))
    const ids = old.map(({ id }) => id)
    let removed = 0
    // None of the states they are in leads back to one that is kept.
    for (let from = 0; from < ids.length; from += DELETED_AT_ONCE)
      removed += await transact(knex, (trx) =>
        trx('turns')
          .whereIn('id', ids.slice(from, from + DELETED_AT_ONCE))
          .delete(),
      )
    return removed
  },

  async removeEmptyConversations(after, before, limit) {
    const page = await knex('conversations')
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .select<{ id: string; created_at: number }[]>('id', 'created_at')
    const ids = page.filter(({ created_at }) => created_at < before).map(({ id }) => id)
    const empty =
      ids.length === 0
        ? []
        : await emptyOnes(knex, before)
            .whereIn('conversations.id', ids)
            .select<{ id: string; user_id: string }[]>('conversations.id', 'conversations.user_id')
    let removed = 0
    for (const { id, user_id } of empty) removed += await removeEmpty(knex, id, user_id, before)
    // Ids follow time: what comes after a young one is young as well.
    const isEnd = page.length < limit || ids.length < page.length
    return { removed, last: isEnd ? FIRST : (page.at(-1)?.id ?? FIRST) }
  },

  async removeAudit(before, limit) {
    const ids = await knex('audit_entries')
      .where('at', '<', before)
      .orderBy('at')
      .limit(limit)
      .pluck<number[]>('id')
    return ids.length === 0 ? 0 : knex('audit_entries').whereIn('id', ids).delete()
  },
})

const emptyOnes = (knex: Knex, before: number) =>
  knex('conversations')
    .where('conversations.updated_at', '<', before)
    .whereNotExists(knex('turns').select('id').whereRaw('turns.conversation_id = conversations.id'))
    .whereNotExists(
      knex('users')
        .select('id')
        .whereRaw('users.id = conversations.user_id and users.conversation_id = conversations.id'),
    )

/** A question in it at this moment comes before, and it stays, or after, and finds it gone as one that was deleted. */
const removeEmpty = (knex: Knex, id: string, userId: string, before: number): Promise<number> =>
  transact(knex, async (trx) => {
    await lockUser(trx, userId)
    const still = await emptyOnes(trx, before).where('conversations.id', id).first('conversations.id')
    return still ? trx('conversations').where({ id }).delete() : 0
  })
