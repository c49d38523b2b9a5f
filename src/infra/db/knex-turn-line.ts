import type { Knex } from 'knex'
import type { TurnStatus, Turns, WaitingTurn } from '../../conversation/turn.ts'

type TurnLine = Pick<Turns, 'unfinishedOf' | 'requestStop' | 'lastQuestion' | 'frontOfLine'>

/** A worker holds the lease, or will. */
export const UNFINISHED: TurnStatus[] = ['received', 'queued', 'answering']
const ON_ITS_WAY = ['pending', 'late', 'pushing']

/** The turns of one user, one behind the other. */
export const createKnexTurnLine = (knex: Knex): TurnLine => ({
  async unfinishedOf(userId) {
    const rows = await knex('turns')
      .where({ user_id: userId })
      .whereIn('status', UNFINISHED)
      .orderBy('id')
      .select<(Omit<WaitingTurn, 'createdAt'> & { created_at: number })[]>(
        'id',
        'status',
        'question',
        'created_at',
      )
    return rows.map(({ created_at, ...row }) => ({ ...row, createdAt: created_at }))
  },

  requestStop(userId) {
    return knex('turns')
      .where({ user_id: userId, stop_requested: false })
      .whereIn('status', UNFINISHED)
      .update({ stop_requested: true })
  },

  async lastQuestion(userId) {
    const row = await knex('turns')
      .where({ user_id: userId })
      .whereIn('status', ['answered', 'failed'])
      .orderBy('id', 'desc')
      .first<{ question: string } | undefined>('question')
    return row?.question
  },

  async frontOfLine(userId) {
    const unfinished = knex('turns')
      .where({ user_id: userId })
      .whereIn('status', UNFINISHED)
      .min({ id: 'id' })
    const undelivered = knex('deliveries')
      .where({ user_id: userId })
      .whereIn('status', ON_ITS_WAY)
      .min({ id: 'turn_id' })
    const row = await knex
      .from(unfinished.unionAll(undelivered).as('line'))
      .min({ id: 'id' })
      .first<{ id: string | null } | undefined>()
    return row?.id ?? undefined
  },
})
