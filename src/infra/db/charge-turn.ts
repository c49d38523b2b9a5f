import type { Knex } from 'knex'
import type { PersonHash } from '../../identity/person-hash.ts'
import { takeFreeEnd } from './free-ends.ts'
import { close } from './ledger-rows.ts'

/**
 * The one rule of what a question costs (docs/quota.md): what was shown to the person is charged; what was not costs
 * nothing, so many times a day where the model had been asked; and nothing that is done afterwards turns the one into
 * the other.
 */

/** `spent`: a model was asked for it, and the person brought about that nothing came of it. */
export type Cause = { reason: string; spent: boolean }

/** Words of the answer are about to be shown. False, and nothing may be shown, when there is no such answer any more. */
export const markShown = async (knex: Knex, id: string, now: number): Promise<boolean> => {
  const marked = await knex('turns')
    .where({ id })
    .whereIn('status', ['answering', 'answered'])
    .whereNull('shown_at')
    .update({ shown_at: now })
  if (marked > 0) return true
  return (await knex('turns').where({ id }).whereNotNull('shown_at').first('id')) !== undefined
}

/**
 * Closes the reservation of a turn without an answer; says whether it was charged. The caller has ended the turn in the
 * same transaction, and so holds its row: nobody can be shown anything of it between the end and this.
 */
export const closeUnanswered = async (
  trx: Knex,
  personHash: PersonHash,
  id: string,
  { reason, spent }: Cause,
  now: number,
): Promise<boolean> => {
  const charge = { charged: true }
  if ((await trx('turns').where({ id }).whereNotNull('shown_at').update(charge)) > 0) {
    await close(trx, id, 'settle', `${reason}, after some of it was shown`, now)
    return true
  }
  if (spent && !(await isFree(trx, personHash, id, now))) {
    await trx('turns').where({ id }).update(charge)
    await close(trx, id, 'settle', `${reason}, too often today to be free`, now)
    return true
  }
  await close(trx, id, 'release', reason, now)
  return false
}

/**
 * Takes back the charge of an answer that nobody was shown, once, and the answer with it: it cannot be shown for nothing
 * later. Says whether it did.
 */
export const refundUnshown = async (
  trx: Knex,
  personHash: PersonHash,
  id: string,
  { reason, spent }: Cause,
  now: number,
): Promise<boolean> => {
  const refunded = await trx('turns')
    .where({ id, charged: true })
    .whereNull('shown_at')
    .update({ charged: false })
  if (refunded === 0) return false
  const turn = () => trx('turns').where({ id }).where('price', '>', 0)
  if (spent && !(await isFree(trx, personHash, id, now))) {
    await turn().update({ charged: true })
    return false
  }
  await turn().update({ status: 'failed', failure: 'undelivered', answer: null, ending: null })
  await close(trx, id, 'refund', reason, now)
  return true
}

/** What costs no calls is the person's own affair. */
const isFree = async (trx: Knex, personHash: PersonHash, id: string, now: number): Promise<boolean> => {
  const turn = await trx('turns')
    .join('users', 'users.id', 'turns.user_id')
    .where({ 'turns.id': id })
    .first<{ price: number; account: string; openid: string }>('price', 'account', 'openid')
  return turn.price === 0 || takeFreeEnd(trx, personHash.candidates(turn), now)
}
