import type { Knex } from 'knex'
import type { TurnEnding, TurnStatus, Turns, WaitingTurn } from '../../conversation/turn.ts'

type TurnLine = Pick<
  Turns,
  'unfinishedOf' | 'requestStop' | 'lastEnding' | 'lastQuestion' | 'frontOfLine' | 'frontOfPage'
>

type WaitingRow = Pick<WaitingTurn, 'id' | 'status' | 'question'> & {
  on_page: boolean | number
  created_at: number
}

/** A worker holds the lease, or will. */
export const UNFINISHED: TurnStatus[] = ['received', 'queued', 'answering']
const ON_ITS_WAY = ['pending', 'late', 'pushing']

/** The turns of one user, one behind the other. */
export const createKnexTurnLine = (knex: Knex): TurnLine => {
  const frontOfLine: TurnLine['frontOfLine'] = async (userId) => {
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
  }

  return {
    frontOfLine,

    async unfinishedOf(userId) {
      const rows = await knex('turns')
        .where({ user_id: userId })
        .whereIn('status', UNFINISHED)
        .orderBy('id')
        .select<WaitingRow[]>('id', 'status', 'question', 'on_page', 'created_at')
      return rows.map(({ on_page, created_at, ...row }) => ({
        ...{ ...row, onPage: Boolean(on_page), createdAt: created_at },
      }))
    },

    requestStop(userId, turnId) {
      return knex('turns')
        .where({ user_id: userId, stop_requested: false, ...(turnId === undefined ? {} : { id: turnId }) })
        .whereIn('status', UNFINISHED)
        .update({ stop_requested: true })
    },

    async lastEnding(userId, conversationId) {
      const row = await knex('turns')
        .join('deliveries', 'deliveries.turn_id', 'turns.id')
        .where({
          'turns.user_id': userId,
          'turns.conversation_id': conversationId,
          'turns.status': 'answered',
        })
        .orderBy('turns.id', 'desc')
        .first<{ ending: TurnEnding | null; status: string } | undefined>('turns.ending', 'deliveries.status')
      return row?.status === 'pushing' ? undefined : (row?.ending ?? undefined)
    },

    async lastQuestion(userId, conversationId) {
      const row = await knex('turns')
        .where({ user_id: userId })
        .whereIn('status', ['answered', 'failed'])
        .where((near) => near.where({ on_page: false }).orWhere({ conversation_id: conversationId }))
        .orderBy('id', 'desc')
        .first<{ question: string } | undefined>('question')
      return row?.question
    },

    async frontOfPage(userId) {
      const front = await frontOfLine(userId)
      const row = await knex('turns')
        .where({ user_id: userId })
        .whereIn('status', UNFINISHED)
        .where((ahead) => ahead.where({ on_page: true }).orWhere({ id: front ?? '' }))
        .min({ id: 'id' })
        .first<{ id: string | null } | undefined>()
      return row?.id ?? undefined
    },
  }
}
