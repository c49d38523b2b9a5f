import type { Knex } from 'knex'
import type { PersonHash } from '../../identity/person-hash.ts'
import { closeUnanswered } from './charge-turn.ts'
import { UNFINISHED } from './knex-turn-line.ts'
import { transact } from './transact.ts'

const ON_ITS_WAY = ['pending', 'late', 'pushing']

/** Not by the person, who has had the answer, most likely, after the backup. */
const BEFORE_THE_BACKUP = { reason: 'it was being answered when the backup was made', spent: false }

/**
 * What a backup was in the middle of went on after it: of questions asked before `before` no model is asked a second time,
 * and nothing is pushed. They cost nothing; answers that were there wait for their users, who may have had them.
 */
export const settleOld = async (
  knex: Knex,
  personHash: PersonHash,
  before: number,
  now: number,
): Promise<void> => {
  const unfinished = await knex('turns')
    .whereIn('status', UNFINISHED)
    .where('created_at', '<', before)
    .orderBy('id')
    .pluck<string[]>('id')
  for (const id of unfinished)
    await transact(knex, async (trx) => {
      await trx('turns').where({ id }).update({ status: 'failed', failure: 'gave-up', ended_at: now })
      await closeUnanswered(trx, personHash, id, BEFORE_THE_BACKUP, now)
      await trx('deliveries')
        .where({ turn_id: id })
        .whereIn('status', ON_ITS_WAY)
        .update({ status: 'expired', updated_at: now })
    })
  const old = () =>
    knex('deliveries').whereIn('turn_id', knex('turns').where('created_at', '<', before).select('id'))
  await old()
    .whereIn('status', ON_ITS_WAY)
    .update({ status: 'held', hold_reason: 'waiting', due_at: 0, updated_at: now })
  // Whether WeChat took it was known some seconds later.
  await old().where({ status: 'replied' }).where('due_at', '>', 0).update({ due_at: 0 })
}
