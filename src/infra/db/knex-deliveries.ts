import type { Knex } from 'knex'
import type { Deliveries, Delivery, DeliveryStatus, Push } from '../../conversation/delivery.ts'
import type { PersonHash } from '../../identity/person-hash.ts'
import { markShown, refundUnshown } from './charge-turn.ts'
import { inboundKey } from './knex-inbox.ts'
import { transact } from './transact.ts'

type DeliveryRow = {
  turn_id: string
  status: DeliveryStatus
  parts: string | null
  parts_sent: number
  push_attempt: number
  unsure_part: number
}

const COLUMNS = ['turn_id', 'status', 'parts', 'parts_sent', 'push_attempt', 'unsure_part'] as const

/** WeChat sends a message three times, five seconds apart: a later callback may still carry the same reply. */
const CONFIRM_WITHIN_MS = 20_000

/**
 * `due_at` is when the row becomes anybody's: the door's closing, a pusher's lease, the next try, or the time by which a
 * reply has to be confirmed (0: it is).
 */
export const createKnexDeliveries = (knex: Knex, personHash: PersonHash): Deliveries => {
  const findRow = (turnId: string) =>
    knex('deliveries')
      .where({ turn_id: turnId })
      .first<DeliveryRow | undefined>(...COLUMNS)
  const find: Deliveries['find'] = async (turnId) => {
    const row = await findRow(turnId)
    return row && toDelivery(row)
  }
  const pushing = ({ turnId, attempt }: Push) => ({
    turn_id: turnId,
    status: 'pushing',
    push_attempt: attempt,
  })

  return {
    find,

    async handOver(turnId, index, parts, text, to, now) {
      const done = index + 1 >= parts.length
      try {
        await transact(knex, async (trx) => {
          const taken = await trx('deliveries')
            .where({ turn_id: turnId, parts_sent: index })
            .whereIn('status', ['pending', 'late', 'held'])
            .update({
              status: done ? 'replied' : 'held',
              hold_reason: done ? null : 'told',
              parts: JSON.stringify(parts),
              parts_sent: index + 1,
              updated_at: now,
              ...(done ? { due_at: now + CONFIRM_WITHIN_MS } : {}),
            })
          const remembered =
            taken > 0 &&
            (await trx('inbound_messages')
              .where(inboundKey(to))
              .whereNull('reply')
              .update({ reply: text, turn_id: turnId })) > 0
          if (!remembered) throw new LostRace()
          if (index === 0) await markShown(trx, turnId, now)
        })
        return true
      } catch (error) {
        if (error instanceof LostRace) return false
        throw error
      }
    },

    async confirmReply(turnId) {
      await knex('deliveries').where({ turn_id: turnId, status: 'replied' }).update({ due_at: 0 })
    },

    takeBackReplies(now) {
      return knex('deliveries')
        .where({ status: 'replied' })
        .where('due_at', '>', 0)
        .where('due_at', '<=', now)
        .update({ status: 'late', parts_sent: knex.raw('parts_sent - 1'), updated_at: now })
    },

    async closeDoor(turnId, to, now) {
      const closed = await knex('deliveries')
        .where({ turn_id: turnId, status: 'pending' })
        .update({ status: to, hold_reason: to === 'held' ? 'waiting' : null, due_at: 0, updated_at: now })
      return closed > 0
    },

    async startPush(turnId, now, leaseUntil) {
      const taken = await knex('deliveries')
        .where({ turn_id: turnId })
        .whereIn('status', ['pending', 'late', 'pushing'])
        .where('due_at', '<=', now)
        .update({
          ...{ status: 'pushing', due_at: leaseUntil, updated_at: now },
          push_attempt: knex.raw('push_attempt + 1'),
        })
      const row = taken > 0 ? await findRow(turnId) : undefined
      return row && { ...toDelivery(row), attempt: row.push_attempt }
    },

    async storeParts(push, parts) {
      await knex('deliveries')
        .where(pushing(push))
        .update({ parts: JSON.stringify(parts) })
    },

    async renewPush(push, leaseUntil) {
      return (await knex('deliveries').where(pushing(push)).update({ due_at: leaseUntil })) > 0
    },

    partSent(push, sent, now, leaseUntil) {
      return transact(knex, async (trx) => {
        const taken = await trx('deliveries')
          .where({ ...pushing(push), parts_sent: sent - 1 })
          .update({ parts_sent: sent, due_at: leaseUntil, updated_at: now })
        if (taken === 0) return false
        if (sent === 1) await markShown(trx, push.turnId, now)
        await countPush(trx, push, now)
        return true
      })
    },

    partUnsure(push, part, retryAt, now) {
      return transact(knex, async (trx) => {
        const next =
          retryAt === undefined
            ? { status: 'held', hold_reason: 'waiting' }
            : { status: 'late', due_at: retryAt }
        const taken = await trx('deliveries')
          .where({ ...pushing(push), parts_sent: part - 1 })
          .update({ ...next, unsure_part: part, updated_at: now })
        if (taken === 0) return false
        if (part === 1) await markShown(trx, push.turnId, now)
        await countPush(trx, push, now)
        return true
      })
    },

    async postponePush(push, retryAt, now) {
      // Late again, not pushing: meanwhile the user may have it handed over.
      await knex('deliveries')
        .where(pushing(push))
        .update({ status: 'late', due_at: retryAt, updated_at: now })
    },

    async endPush(push, now) {
      const ended = { status: 'delivered', updated_at: now }
      return (await knex('deliveries').where(pushing(push)).update(ended)) > 0
    },

    expirePush: (push, refund, now) =>
      transact(knex, async (trx) => {
        const ended = { status: 'expired', updated_at: now }
        if ((await trx('deliveries').where(pushing(push)).update(ended)) === 0) return false
        const cause = { reason: 'not delivered', spent: true }
        if (refund) await refundUnshown(trx, personHash, push.turnId, cause, now)
        return true
      }),

    async holdPush(push, reason, now) {
      const held = { status: 'held', hold_reason: reason, updated_at: now }
      return (await knex('deliveries').where(pushing(push)).update(held)) > 0
    },

    async holdDue(turnId, parts, now) {
      const held = { status: 'held', hold_reason: 'waiting', updated_at: now }
      const taken = await knex('deliveries')
        .where({ turn_id: turnId })
        .whereIn('status', ['pending', 'late', 'pushing'])
        .where('due_at', '<=', now)
        .update({ ...held, parts: knex.raw('coalesce(parts, ?)', [JSON.stringify(parts)]) })
      return taken > 0
    },

    async endEmpty(turnId, now) {
      const ended = await knex('deliveries')
        .where({ turn_id: turnId, parts_sent: 0 })
        .whereIn('status', ['pending', 'late', 'held'])
        .update({ status: 'delivered', updated_at: now })
      return ended > 0
    },

    async release(userId, now) {
      const refused = { user_id: userId, status: 'held', hold_reason: 'refused' }
      const ids = await knex('deliveries').where(refused).orderBy('turn_id').pluck<string[]>('turn_id')
      if (ids.length === 0) return []
      await knex('deliveries')
        .where(refused)
        .whereIn('turn_id', ids)
        .update({ status: 'late', hold_reason: null, due_at: 0, updated_at: now })
      return ids
    },

    async nextHeld(userId) {
      const waiting = await knex('deliveries')
        .where({ user_id: userId })
        .whereIn('status', ['held', 'pending', 'late'])
        .orderBy('turn_id')
        .select<{ turn_id: string; parts_sent: number }[]>('turn_id', 'parts_sent')
      const unseen = waiting.find((row) => row.parts_sent === 0)
      return unseen?.turn_id ?? waiting.at(-1)?.turn_id
    },

    async untoldParts(userId, exceptTurnId) {
      const rows = await knex('deliveries')
        .where({ user_id: userId, status: 'held' })
        .whereIn('hold_reason', ['refused', 'waiting'])
        .whereNot({ turn_id: exceptTurnId })
        .select<DeliveryRow[]>(...COLUMNS)
      const left = rows.map(toDelivery).map(({ parts, partsSent }) => Math.max(1, parts.length - partsSent))
      return left.reduce((sum, count) => sum + count, 0)
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

    async expireHeld(before, now) {
      const forgotten = await knex('deliveries')
        .where({ status: 'held' })
        .where('updated_at', '<', before)
        .limit(EXPIRE_AT_ONCE)
        .select<{ turn_id: string; parts_sent: number }[]>('turn_id', 'parts_sent')
      let expired = 0
      for (const { turn_id, parts_sent } of forgotten)
        expired += await transact(knex, async (trx) => {
          // As it was read: a callback may be handing it over.
          const ended = await trx('deliveries')
            .where({ turn_id, parts_sent, status: 'held' })
            .where('updated_at', '<', before)
            .update({ status: 'expired', updated_at: now })
          if (ended > 0) await refundUnshown(trx, personHash, turn_id, NEVER_ASKED_FOR, now)
          return ended
        })
      return expired
    },
  }
}

const countPush = async (trx: Knex, { turnId }: Push, now: number): Promise<void> => {
  const owner = trx('deliveries')
    .where({ turn_id: turnId })
    .select('user_id', trx.raw('?', [now]))
  await trx(trx.raw('?? (??, ??)', ['pushes', 'user_id', 'sent_at'])).insert(owner)
}

/** Its price was held for so long that this is no way to spend the operator's. */
const NEVER_ASKED_FOR = { reason: 'never asked for', spent: false }

/** The rest expires at the next sweep. */
const EXPIRE_AT_ONCE = 1000

/** Ends a transaction whose other half was somebody else's. */
class LostRace extends Error {}

const toDelivery = (row: DeliveryRow): Delivery => ({
  turnId: row.turn_id,
  status: row.status,
  parts: row.parts === null ? [] : JSON.parse(row.parts),
  partsSent: row.parts_sent,
  unsurePart: row.unsure_part,
})
