import { describe, expect, test } from '@jest/globals'
import type { Push } from '../../src/conversation/delivery.ts'
import { engines } from '../support/databases.ts'
import { T0, useStores } from '../support/stores.ts'

describe.each(engines)('the store of deliveries on %s', (engine) => {
  const { knex, stores, somebody, message, begun, answeredTurn } = useStores(engine)

  describe('deliveries', () => {
    test('a part is handed over or pushed, never both', async () => {
      const { deliveries } = stores()
      for (let round = 0; round < 20; round += 1) {
        const { id, incoming } = await answeredTurn()
        await deliveries.closeDoor(id, 'late', T0)
        const [handed, pushed] = await Promise.all([
          deliveries.handOver(id, 0, ['x'], 'x', incoming, T0),
          deliveries.startPush(id, T0, T0 + 1000),
        ])
        expect([handed, Boolean(pushed)].filter(Boolean)).toHaveLength(1)
      }
    })

    test('nobody pushes while the door is open, anybody may once it must have closed', async () => {
      const { deliveries } = stores()
      const { id, incoming } = await answeredTurn()
      expect(await deliveries.startPush(id, T0 + 4499, T0 + 9000)).toBeUndefined()
      expect(await deliveries.startPush(id, T0 + 4500, T0 + 9000)).toMatchObject({ status: 'pushing' })
      expect(await deliveries.startPush(id, T0 + 8999, T0 + 9999)).toBeUndefined()
      expect(await deliveries.renewPush({ turnId: id, attempt: 1 }, T0 + 20_000)).toBe(true)
      expect(await deliveries.startPush(id, T0 + 9000, T0 + 9999)).toBeUndefined()
      expect(await deliveries.handOver(id, 0, ['x'], 'x', incoming, T0)).toBe(false)
      expect(await deliveries.closeDoor(id, 'late', T0)).toBe(false)
    })

    test('a push is resumed at the first part that is not confirmed, with the same parts', async () => {
      const { deliveries, ledger } = stores()
      const { id, userId } = await answeredTurn()
      await deliveries.closeDoor(id, 'late', T0)
      const first = { turnId: id, attempt: 1 }
      expect(await deliveries.startPush(id, T0, T0 + 1000)).toMatchObject(first)
      await deliveries.storeParts(first, ['一', '二', '三'])
      expect(await deliveries.partSent(first, 1, T0, T0 + 1000)).toBe(true)
      expect(await deliveries.partSent(first, 1, T0, T0 + 1000)).toBe(false)
      expect((await ledger.history(userId, T0)).sentAt).toEqual([T0])
      const resumed = await deliveries.startPush(id, T0 + 1000, T0 + 2000)
      const second = { turnId: id, attempt: 2 }
      expect(resumed).toMatchObject({ ...second, parts: ['一', '二', '三'], partsSent: 1 })
      await deliveries.postponePush(second, T0 + 5000, T0)
      expect(await deliveries.startPush(id, T0 + 4999, T0 + 9000)).toBeUndefined()
      expect(await deliveries.startPush(id, T0 + 5000, T0 + 9000)).toBeDefined()
      const third = { turnId: id, attempt: 3 }
      expect(await deliveries.endPush(third, T0)).toBe(true)
      expect(await deliveries.holdPush(third, 'refused', T0)).toBe(false)
      expect(await deliveries.find(id)).toMatchObject({ status: 'delivered', partsSent: 1 })
    })

    test('a part that may be out counts, is taken again later, and then kept for the user', async () => {
      const { deliveries, ledger } = stores()
      const { id, userId } = await answeredTurn()
      await deliveries.closeDoor(id, 'late', T0)
      const [first, second] = [1, 2].map((attempt) => ({ turnId: id, attempt })) as [Push, Push]
      await deliveries.startPush(id, T0, T0 + 1000)
      expect(await deliveries.partUnsure(second, 1, T0 + 5000, T0)).toBe(false)
      expect(await deliveries.partUnsure(first, 1, T0 + 5000, T0)).toBe(true)
      expect(await deliveries.partUnsure(first, 1, T0 + 5000, T0)).toBe(false)
      expect(await deliveries.startPush(id, T0 + 4999, T0 + 9000)).toBeUndefined()
      const again = await deliveries.startPush(id, T0 + 5000, T0 + 9000)
      expect(again).toMatchObject({ ...second, partsSent: 0, unsurePart: 1 })
      expect(await deliveries.partUnsure(second, 1, undefined, T0 + 5000)).toBe(true)
      expect(await deliveries.find(id)).toMatchObject({ status: 'held', partsSent: 0 })
      // The next question does not send it a third time; 「继续」 finds it.
      expect(await deliveries.release(userId, T0 + 6000)).toEqual([])
      expect(await deliveries.nextHeld(userId)).toBe(id)
      expect((await ledger.history(userId, T0)).sentAt).toEqual([T0, T0 + 5000])
    })

    test('a pusher whose lease ran out can do nothing to the push of its successor', async () => {
      const { deliveries } = stores()
      const { id } = await answeredTurn()
      await deliveries.closeDoor(id, 'late', T0)
      await deliveries.startPush(id, T0, T0 + 1000)
      await deliveries.startPush(id, T0 + 1000, T0 + 2000)
      const stale = { turnId: id, attempt: 1 }
      expect(await deliveries.renewPush(stale, T0 + 9000)).toBe(false)
      expect(await deliveries.partSent(stale, 1, T0, T0 + 9000)).toBe(false)
      expect(await deliveries.holdPush(stale, 'refused', T0)).toBe(false)
      expect(await deliveries.endPush(stale, T0)).toBe(false)
      expect(await deliveries.expirePush(stale, true, T0)).toBe(false)
      await deliveries.postponePush(stale, T0 + 9000, T0)
      expect(await deliveries.find(id)).toMatchObject({ status: 'pushing', partsSent: 0 })
      expect(await deliveries.endPush({ turnId: id, attempt: 2 }, T0)).toBe(true)
    })

    test('what can no longer be delivered is refunded in the same step, once', async () => {
      const { deliveries } = stores()
      const { id } = await answeredTurn()
      await deliveries.closeDoor(id, 'late', T0)
      await deliveries.startPush(id, T0, T0 + 1000)
      const push = { turnId: id, attempt: 1 }
      expect(await deliveries.expirePush(push, true, T0)).toBe(true)
      expect(await deliveries.expirePush(push, true, T0)).toBe(false)
      expect(await deliveries.find(id)).toMatchObject({ status: 'expired' })
      const row = await knex()('turns').where({ id }).first('charged')
      expect(Boolean(row.charged)).toBe(false)
    })

    test('parts are handed over one by one, each once, each remembered by its message', async () => {
      const { deliveries, inbox } = stores()
      const { id, incoming } = await answeredTurn()
      const parts = ['一', '二']
      const hands = [1, 2, 3].map(() => deliveries.handOver(id, 0, parts, '一…', incoming, T0))
      expect((await Promise.all(hands)).filter(Boolean)).toHaveLength(1)
      expect(await deliveries.find(id)).toMatchObject({ turnId: id, status: 'held', parts, partsSent: 1 })
      // One message is answered once: a second part needs a message of its own.
      expect(await deliveries.handOver(id, 1, parts, '二', incoming, T0)).toBe(false)
      const next = message({ person: incoming.person, messageKey: 'm:next' })
      await inbox.open(next)
      expect(await deliveries.handOver(id, 1, parts, '二', next, T0)).toBe(true)
      expect(await deliveries.find(id)).toMatchObject({ status: 'replied', partsSent: 2 })
      expect([await inbox.replyTo(incoming), await inbox.replyTo(next)]).toEqual(['一…', '二'])
    })

    test('a reply that nobody confirmed in time is late again, a confirmed one never', async () => {
      const { deliveries } = stores()
      const lost = await answeredTurn()
      const kept = await answeredTurn()
      for (const { id, incoming } of [lost, kept])
        await deliveries.handOver(id, 0, ['好'], '好', incoming, T0)
      await deliveries.confirmReply(kept.id)
      await deliveries.takeBackReplies(T0 + 19_999)
      expect(await deliveries.find(lost.id)).toMatchObject({ status: 'replied' })
      await deliveries.takeBackReplies(T0 + 20_000)
      expect(await deliveries.find(lost.id)).toMatchObject({ status: 'late', parts: ['好'], partsSent: 0 })
      expect(await deliveries.find(kept.id)).toMatchObject({ status: 'replied', partsSent: 1 })
    })

    test('what comes next is the oldest that nobody has seen, else the newest with a rest', async () => {
      const { deliveries } = stores()
      const person = somebody()
      const first = await answeredTurn(message({ person, messageKey: 'm:1' }))
      const second = await answeredTurn(message({ person, messageKey: 'm:2' }))
      const userId = first.userId
      for (const { id } of [first, second]) await deliveries.closeDoor(id, 'held', T0)
      expect(await deliveries.nextHeld(userId)).toBe(first.id)
      await deliveries.handOver(first.id, 0, ['一', '二'], '一', first.incoming, T0)
      expect(await deliveries.nextHeld(userId)).toBe(second.id)
      await deliveries.handOver(second.id, 0, ['一', '二'], '一', second.incoming, T0)
      expect(await deliveries.nextHeld(userId)).toBe(second.id)
    })

    test('what WeChat refused is released once, what the user knows of is not', async () => {
      const { deliveries } = stores()
      const person = somebody()
      const first = await answeredTurn(message({ person, messageKey: 'm:1' }))
      const second = await answeredTurn(message({ person, messageKey: 'm:2' }))
      for (const [{ id }, reason] of [
        [first, 'refused'],
        [second, 'told'],
      ] as const) {
        await deliveries.closeDoor(id, 'late', T0)
        await deliveries.startPush(id, T0, T0 + 1)
        await deliveries.holdPush({ turnId: id, attempt: 1 }, reason, T0)
      }
      expect(await deliveries.untoldParts(first.userId, 'trn_other')).toBe(1)
      expect(await deliveries.untoldParts(first.userId, first.id)).toBe(0)
      expect(await deliveries.release(first.userId, T0)).toEqual([first.id])
      expect(await deliveries.release(first.userId, T0)).toEqual([])
      expect(await deliveries.find(first.id)).toMatchObject({ status: 'late' })
      expect(await deliveries.find(second.id)).toMatchObject({ status: 'held' })
    })

    test('held answers nobody asks for expire, and cost nothing if nothing of them was seen', async () => {
      const { deliveries } = stores()
      const { id } = await answeredTurn()
      await deliveries.closeDoor(id, 'held', T0)
      await deliveries.expireHeld(T0, T0)
      expect(await deliveries.find(id)).toMatchObject({ status: 'held' })
      expect(await deliveries.expireHeld(T0 + 1, T0 + 1)).toBeGreaterThan(0)
      expect(await deliveries.find(id)).toMatchObject({ status: 'expired' })
      expect(Boolean((await knex()('turns').where({ id }).first('charged')).charged)).toBe(false)
    })

    test('what is due is what has an answer and nobody to carry it', async () => {
      const { deliveries } = stores()
      const waiting = await begun()
      const { id: done, incoming } = await answeredTurn()
      await deliveries.closeDoor(waiting.id, 'late', T0)
      const due = () => deliveries.due(T0 + 4500, 10_000)
      expect(await due()).toContain(done)
      expect(await due()).not.toContain(waiting.id)
      expect(await deliveries.due(T0 + 4499, 10_000)).not.toContain(done)
      await deliveries.handOver(done, 0, ['x'], 'x', incoming, T0)
      expect(await due()).not.toContain(done)
    })
  })
})
