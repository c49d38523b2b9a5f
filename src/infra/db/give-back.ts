import type { Knex } from 'knex'
import type { PersonHash } from '../../identity/person-hash.ts'
import { closeUnanswered, refundUnshown } from './charge-turn.ts'
import { UNFINISHED } from './knex-turn-line.ts'

/**
 * Before turns are deleted, all of a user's or those of one conversation: what nobody has been shown will never be read,
 * and costs nothing as far as the rule allows.
 */
export const giveBack = async (
  trx: Knex,
  personHash: PersonHash,
  whose: { userId: string; conversationId?: string },
  reason: string,
  now: number,
): Promise<void> => {
  const { userId, conversationId } = whose
  const turns = {
    'turns.user_id': userId,
    ...(conversationId === undefined ? {} : { 'turns.conversation_id': conversationId }),
  }
  const running = await trx('turns')
    .where(turns)
    .whereIn('status', UNFINISHED)
    .orderBy('id')
    .select<{ id: string; attempt: number }[]>('id', 'attempt')
  for (const { id, attempt } of running) {
    // A worker may be ending it at this moment: of the two one closes the reservation.
    const ended = await trx('turns')
      .where({ id })
      .whereIn('status', UNFINISHED)
      .update({ status: 'failed', failure: 'stopped', ended_at: now })
    if (ended > 0) await closeUnanswered(trx, personHash, id, { reason, spent: attempt > 0 }, now)
  }
  // What is being sent at this moment is perhaps on the phone.
  const sending = trx('deliveries').where({ user_id: userId, status: 'pushing' }).select('turn_id')
  const unshown = await trx('turns')
    .where({ ...turns, charged: true })
    .whereNull('shown_at')
    .whereNotIn('id', sending)
    .orderBy('id')
    .pluck<string[]>('id')
  for (const id of unshown) await refundUnshown(trx, personHash, id, { reason, spent: true }, now)
}
