import { describe, expect, test } from '@jest/globals'
import { createRetain } from '../../src/conversation/retention.ts'
import { createKnexAudit } from '../../src/infra/db/knex-audit.ts'
import { createKnexRetention } from '../../src/infra/db/knex-retention.ts'
import { engines } from '../support/databases.ts'
import { answered, DAY_MS, failed, T0, useLedger } from '../support/ledger.ts'
import { logTo } from '../support/log-to.ts'
import { testPersonHash } from '../support/person-hash.ts'

describe.each(engines)('what is kept for so long and no longer, on %s', (engine) => {
  const { stores, somebody, gift, asked, end, left, expectItAddsUp } = useLedger(engine)
  const retention = () => createKnexRetention(stores().knex, testPersonHash)
  const turnsOf = (userId: string) =>
    stores().knex('turns').where({ user_id: userId }).orderBy('id').pluck('id')
  const delivered = (id: string, more: object = {}) =>
    stores()
      .knex('deliveries')
      .where({ turn_id: id })
      .update({ status: 'delivered', ...more })
  const shown = (id: string) => stores().turns.markShown(id, T0)
  /** A user with ten calls. */
  const somebodyWithCalls = async () => {
    const user = await somebody()
    await stores().ledger.give(gift(user.id, 10), T0)
    return user
  }
  const removed = (before: number, limit = 500) => retention().removeTurns(before, limit, T0 + DAY_MS)

  test('turns go when they are older, at the exact instant, and their deliveries with them', async () => {
    const { id } = await somebodyWithCalls()
    const [old, young] = [await asked(id, 1, T0), await asked(id, 1, T0 + 1)]
    for (const turn of [old, young]) {
      await end(turn, answered, T0 + 10)
      await shown(turn)
      await delivered(turn)
    }
    await removed(T0)
    expect(await turnsOf(id)).toEqual([old, young])
    await removed(T0 + 1)
    expect(await turnsOf(id)).toEqual([young])
    expect(await stores().knex('deliveries').where({ turn_id: old })).toEqual([])
    expect(await left(id)).toBe(8)
    await expectItAddsUp()
  })

  test('an answer that is on its way, or waits to be asked for, stays however old it is', async () => {
    const { id } = await somebodyWithCalls()
    const states: [string, number][] = [
      ['pending', 0],
      ['late', 0],
      ['pushing', 0],
      ['held', 0],
      ['replied', 1],
    ]
    const waiting = []
    for (const [status, due_at] of states) {
      const turn = await asked(id)
      await end(turn, waiting.length === 0 ? failed : answered)
      await delivered(turn, { status, due_at })
      waiting.push(turn)
    }
    waiting.push(await asked(id))
    await removed(T0 + 365 * DAY_MS)
    expect(await turnsOf(id)).toEqual(waiting)
    await stores().knex('deliveries').where({ user_id: id }).update({ status: 'replied', due_at: 0 })
    await removed(T0 + 365 * DAY_MS)
    expect(await turnsOf(id)).toEqual(waiting.slice(-1))
    await end(waiting.at(-1) ?? '', failed)
    await expectItAddsUp()
  })

  test('what nobody was ever shown is given back before it goes', async () => {
    const { id } = await somebodyWithCalls()
    const [unread, read] = [await asked(id, 3), await asked(id, 2)]
    for (const turn of [unread, read]) await end(turn, answered)
    await shown(read)
    await stores().knex('deliveries').where({ user_id: id }).update({ status: 'replied', due_at: 0 })
    expect(await left(id)).toBe(5)
    await removed(T0 + DAY_MS)
    expect(await turnsOf(id)).toEqual([])
    expect(await left(id)).toBe(8)
    await expectItAddsUp()
  })

  test('no more go at once than was said, the oldest first', async () => {
    const { id } = await somebodyWithCalls()
    const turns: string[] = []
    for (const at of [0, 1, 2]) {
      const turn = await asked(id, 1, T0 - DAY_MS + at)
      await end(turn, failed)
      await delivered(turn)
      turns.push(turn)
    }
    expect(await removed(T0 - 1000, 2)).toBe(2)
    expect(await turnsOf(id)).toEqual(turns.slice(2))
  })

  test('a conversation goes when it is empty, old and nobody writes in it', async () => {
    const { knex } = stores()
    const { id, conversationId } = await somebodyWithCalls()
    const row = (name: string, at: number) => ({
      id: `${conversationId}-${name}`,
      user_id: id,
      created_at: at,
      updated_at: at,
    })
    await knex('conversations').insert([row('empty', T0), row('young', T0 + 5), row('full', T0)])
    const turn = await asked(id)
    await knex('turns')
      .where({ id: turn })
      .update({ conversation_id: `${conversationId}-full` })
    await knex('conversations')
      .where({ user_id: id })
      .where('id', 'not like', '%young')
      .update({ updated_at: T0 })
    // Three at a time: what is looked at next begins where the last look ended.
    const before = await knex('conversations').count<{ count: number }[]>({ count: '*' })
    let last = ''
    let gone = 0
    let looks = 0
    do {
      const look = await retention().removeEmptyConversations(last, T0 + 5, 3)
      gone += look.removed
      last = look.last
      looks += 1
    } while (last !== '' && looks < 100)
    const kept = await knex('conversations').where({ user_id: id }).orderBy('id').pluck('id')
    expect(kept).toEqual([conversationId, row('full', 0).id, row('young', 0).id])
    expect(gone).toBeGreaterThanOrEqual(1)
    expect(gone).toBeLessThan(Number(before[0]?.count))
    await end(turn, failed)
  })

  test('the record of what operators did goes by age as well; without settings everything stays', async () => {
    const { knex } = stores()
    const audit = createKnexAudit(knex)
    const note = { actor: 'root', act: 'users block', subject: 'usr_1', details: {} }
    for (const at of [T0 - 2, T0 - 1, T0]) await audit.note({ at, ...note })
    const { log, lines } = logTo()
    const clock = { now: () => T0 + DAY_MS }
    const keep = (auditMs: number | undefined) =>
      createRetain({ retention: retention(), keeping: { turnsMs: undefined, auditMs }, clock, log })()
    await keep(undefined)
    expect(await audit.list(0, 10)).toHaveLength(3)
    await keep(DAY_MS + 1)
    expect((await audit.list(0, 10)).map(({ at }) => at)).toEqual([T0, T0 - 1])
    await keep(DAY_MS)
    expect((await audit.list(0, 10)).map(({ at }) => at)).toEqual([T0])
    expect(lines.filter(({ message }) => /KEEP_AUDIT/.test(message))).toHaveLength(2)
  })
})
