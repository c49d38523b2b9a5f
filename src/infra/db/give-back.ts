import type { Knex } from 'knex'
import { UNFINISHED } from './knex-turn-line.ts'
import { close, refundTurn } from './ledger-rows.ts'

/**
 * Before turns are deleted, all of a user's or those of one conversation: what is being answered, or has not been seen,
 * will never be read, and costs nothing.
 */
export const giveBack = async (
  trx: Knex,
  whose: { userId: string; conversationId?: string },
  reason: string,
  now: number,
): Promise<void> => {
  const { userId, conversationId } = whose
  const turns = {
    'turns.user_id': userId,
    ...(conversationId === undefined ? {} : { 'turns.conversation_id': conversationId }),
  }
  const running = await trx('turns').where(turns).whereIn('status', UNFINISHED).pluck<string[]>('id')
  for (const id of running) {
    // A worker may be ending it at this moment: of the two one closes the reservation.
    const ended = await trx('turns')
      .where({ id })
      .whereIn('status', UNFINISHED)
      .update({ status: 'failed', failure: 'stopped', ended_at: now })
    if (ended > 0) await close(trx, id, 'release', reason, now)
  }
  const unseen = await trx('deliveries')
    .join('turns', 'turns.id', 'deliveries.turn_id')
    .where({ 'deliveries.user_id': userId, 'deliveries.parts_sent': 0, 'turns.charged': true, ...turns })
    .whereIn('deliveries.status', ['pending', 'late', 'pushing', 'held'])
    .pluck<string[]>('turns.id')
  for (const id of unseen) await refundTurn(trx, id, reason, now)
}
