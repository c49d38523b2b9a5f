import type { Knex } from 'knex'
import type { Deliveries, Delivery, DeliveryStatus } from '../../conversation/delivery.ts'

type DeliveryRow = { turn_id: string; status: DeliveryStatus; parts: string | null; parts_sent: number }

/** `due_at` is when the row becomes anybody's: the door's closing, a pusher's lease, or the next try. */
export const createKnexDeliveries = (knex: Knex): Deliveries => {
  const find: Deliveries['find'] = async (turnId) => {
    const row = await knex('deliveries')
      .where({ turn_id: turnId })
      .first<DeliveryRow | undefined>('turn_id', 'status', 'parts', 'parts_sent')
    return row && toDelivery(row)
  }

  return {
    find,

    async reply(turnId, parts, now) {
      const replied = await knex('deliveries')
        .where({ turn_id: turnId })
        .whereIn('status', ['pending', 'late'])
        .update({
          status: parts.length > 1 ? 'held' : 'replied',
          parts: JSON.stringify(parts),
          parts_sent: 1,
          updated_at: now,
        })
      return replied > 0
    },

    async closeDoor(turnId, now) {
      const open = { turn_id: turnId, status: 'pending' }
      return (await knex('deliveries').where(open).update({ status: 'late', due_at: 0, updated_at: now })) > 0
    },

    async startPush(turnId, now, leaseUntil) {
      const taken = await knex('deliveries')
        .where({ turn_id: turnId })
        .whereIn('status', ['pending', 'late', 'pushing'])
        .where('due_at', '<=', now)
        .update({ status: 'pushing', due_at: leaseUntil, updated_at: now })
      return taken > 0 ? find(turnId) : undefined
    },

    async storeParts(turnId, parts) {
      const pushing = { turn_id: turnId, status: 'pushing' }
      await knex('deliveries')
        .where(pushing)
        .update({ parts: JSON.stringify(parts) })
    },

    async partSent(turnId, sent, now, leaseUntil) {
      const before = { turn_id: turnId, status: 'pushing', parts_sent: sent - 1 }
      const after = { parts_sent: sent, due_at: leaseUntil, updated_at: now }
      return (await knex('deliveries').where(before).update(after)) > 0
    },

    async postponePush(turnId, retryAt, now) {
      const pushing = { turn_id: turnId, status: 'pushing' }
      await knex('deliveries').where(pushing).update({ due_at: retryAt, updated_at: now })
    },

    async endPush(turnId, status, now) {
      const pushing = { turn_id: turnId, status: 'pushing' }
      return (await knex('deliveries').where(pushing).update({ status, updated_at: now })) > 0
    },

    due(now, limit) {
      return knex('deliveries')
        .join('turns', 'turns.id', 'deliveries.turn_id')
        .whereIn('deliveries.status', ['pending', 'late', 'pushing'])
        .where('deliveries.due_at', '<=', now)
        .whereIn('turns.status', ['answered', 'failed'])
        .orderBy('deliveries.due_at')
        .limit(limit)
        .pluck<string[]>('deliveries.turn_id')
    },
  }
}

const toDelivery = (row: DeliveryRow): Delivery => ({
  turnId: row.turn_id,
  status: row.status,
  parts: row.parts === null ? [] : JSON.parse(row.parts),
  partsSent: row.parts_sent,
})
