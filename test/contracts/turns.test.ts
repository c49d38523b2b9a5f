import { describe, expect, test } from '@jest/globals'
import type { NewTurn } from '../../src/conversation/turn.ts'
import { engines } from '../support/databases.ts'
import { T0, useStores } from '../support/stores.ts'

describe.each(engines)('the store of turns on %s', (engine) => {
  const { knex, stores, somebody, message, newTurn, begun, whole, answered } = useStores(engine)

  describe('turns', () => {
    test('one message becomes one turn when two processes race', async () => {
      const { turns, ids } = stores()
      const turn = await newTurn()
      const begins = await Promise.all(
        Array.from({ length: 10 }, () => turns.begin({ ...turn, id: ids.next('trn') })),
      )
      const known = begins.flatMap((begun) => (begun.ok ? [begun] : []))
      expect(known).toHaveLength(10)
      expect(known.filter(({ isNew }) => isNew)).toHaveLength(1)
      expect(new Set(known.map(({ id }) => id)).size).toBe(1)
    })

    test('asked on the page have nothing to deliver', async () => {
      const { turns, deliveries } = stores()
      const turn = await newTurn(message({ onPage: true }))
      await turns.begin(turn)
      await turns.claim(turn.id, T0, T0 + 1000)
      await turns.end(turn.id, 1, whole, T0)
      expect(await deliveries.find(turn.id)).toMatchObject({ status: 'replied' })
      expect(await deliveries.startPush(turn.id, T0 + 10_000, T0 + 20_000)).toBeUndefined()
      expect(await deliveries.due(T0 + 10_000, 10_000)).not.toContain(turn.id)
      await deliveries.takeBackReplies(T0 + 100_000)
      expect(await deliveries.find(turn.id)).toMatchObject({ status: 'replied' })
    })

    test('are read back as they were asked, with the asker', async () => {
      const { turns } = stores()
      const turn = await begun()
      expect(await turns.find(turn.id)).toMatchObject({
        ...{ id: turn.id, userId: turn.userId, status: 'received', question: '你好 😀', createdAt: T0 },
        ...{ openid: expect.stringMatching(/^oUser/), answer: undefined, attempt: 0 },
      })
      expect(await turns.find('trn_none')).toBeUndefined()
    })

    test('are claimed by one worker until its lease runs out', async () => {
      const { turns } = stores()
      const { id } = await begun()
      const claims = await Promise.all(Array.from({ length: 10 }, () => turns.claim(id, T0, T0 + 1000)))
      expect(claims.filter(Boolean)).toHaveLength(1)
      expect(await turns.claim(id, T0 + 999, T0 + 2000)).toBeUndefined()
      expect(await turns.claim(id, T0 + 1000, T0 + 2000)).toMatchObject({ attempt: 2, status: 'answering' })
    })

    test('are no longer renewed or ended by a worker that lost its lease', async () => {
      const { turns } = stores()
      const { id } = await begun()
      await turns.claim(id, T0, T0 + 1000)
      expect(await turns.renew(id, 1, T0 + 2000)).toBe('held')
      await turns.claim(id, T0 + 2000, T0 + 3000)
      const end = { ...whole, answer: 'late' }
      expect(await turns.renew(id, 1, T0 + 9000)).toBe('lost')
      expect(await turns.end(id, 1, end, T0)).toBeUndefined()
      expect(await turns.end(id, 2, { ...end, answer: 'good' }, T0)).toMatchObject({ charged: true })
      expect(await turns.end(id, 2, { ...end, answer: 'again' }, T0)).toBeUndefined()
      expect(await turns.find(id)).toMatchObject({ status: 'answered', answer: 'good' })
    })

    test('that failed keep why, and are not claimed again', async () => {
      const { turns } = stores()
      const { id } = await begun()
      await turns.claim(id, T0, T0 + 1000)
      await turns.end(id, 1, { status: 'failed', failure: 'timed-out', refusalCode: 'ABCD2345' }, T0)
      expect(await turns.find(id)).toMatchObject({
        status: 'failed',
        failure: 'timed-out',
        refusalCode: 'ABCD2345',
      })
      expect(await turns.claim(id, T0 + 5000, T0 + 6000)).toBeUndefined()
    })

    test('give the history of their conversation, newest first, answered ones alone', async () => {
      const { turns } = stores()
      const person = somebody()
      const asked: NewTurn[] = []
      for (let index = 0; index < 5; index += 1) {
        const turn = await newTurn(message({ person, messageKey: `m:${index}` }), { question: `q${index}` })
        asked.push(turn)
        await turns.begin(turn)
        if (index === 2) continue
        await turns.claim(turn.id, T0, T0 + 1)
        await turns.end(turn.id, 1, { ...whole, answer: `a${index}` }, T0)
      }
      const last = asked[4]
      const past = await turns.history(last?.conversationId ?? '', last?.id ?? '', 2)
      expect(past).toEqual([
        { question: 'q3', answer: 'a3' },
        { question: 'q1', answer: 'a1' },
      ])
      expect(await turns.lastQuestion(last?.userId ?? '', last?.conversationId ?? '')).toBe('q4')
    })

    test('of one user stand in line, in the order of the questions', async () => {
      const { turns, deliveries } = stores()
      const person = somebody()
      const [first, second] = [
        await newTurn(message({ person, messageKey: 'm:1' })),
        await newTurn(message({ person, messageKey: 'm:2' })),
      ]
      expect(await turns.frontOfLine(first.userId)).toBeUndefined()
      await turns.begin(first)
      await turns.begin(second)
      expect((await turns.unfinishedOf(first.userId)).map(({ id }) => id)).toEqual([first.id, second.id])
      await turns.claim(first.id, T0, T0 + 1)
      await turns.end(first.id, 1, whole, T0)
      expect(await turns.frontOfLine(first.userId)).toBe(first.id)
      await deliveries.handOver(first.id, 0, ['好'], '好', first.incoming, T0)
      expect(await turns.frontOfLine(first.userId)).toBe(second.id)
      await deliveries.closeDoor(second.id, 'held', T0)
      expect(await turns.frontOfLine(first.userId)).toBe(second.id)
      await turns.claim(second.id, T0, T0 + 1)
      await turns.end(second.id, 1, whole, T0)
      expect(await turns.frontOfLine(first.userId)).toBeUndefined()
    })

    test('of the page wait for no answer that is on its way to WeChat, nor for what waits for it', async () => {
      const { turns } = stores()
      const person = somebody()
      const ask = async (messageKey: string, onPage: boolean) => {
        const turn = await newTurn(message({ person, messageKey, ...(onPage ? { onPage } : {}) }))
        await turns.begin(turn)
        return turn
      }
      const end = async ({ id }: NewTurn) => {
        await turns.claim(id, T0, T0 + 1)
        await turns.end(id, 1, whole, T0)
      }
      const first = await ask('m:1', false)
      const onPage = await ask('w:2', true)
      expect(await turns.frontOfPage(first.userId)).toBe(first.id)
      await end(first)
      // Answered, but not on the phone yet.
      expect(await turns.frontOfLine(first.userId)).toBe(first.id)
      expect(await turns.frontOfPage(first.userId)).toBe(onPage.id)
      await end(onPage)
      const [inWechat, onPageAgain] = [await ask('m:3', false), await ask('w:4', true)]
      expect(await turns.frontOfPage(first.userId)).toBe(onPageAgain.id)
      await end(onPageAgain)
      expect(await turns.frontOfPage(first.userId)).toBeUndefined()
      expect((await turns.unfinishedOf(first.userId)).map(({ id }) => id)).toEqual([inWechat.id])
    })

    test('asked on the page are remembered as such, and asked again only in their own conversation', async () => {
      const { turns, users } = stores()
      const turn = await newTurn(message({ messageKey: 'w:1', onPage: true }), { question: 'on the page' })
      await turns.begin(turn)
      expect(await turns.find(turn.id)).toMatchObject({ onPage: true })
      await turns.claim(turn.id, T0, T0 + 1)
      await turns.end(turn.id, 1, whole, T0)
      expect(await turns.lastQuestion(turn.userId, turn.conversationId)).toBe('on the page')
      const other = await users.newConversation(turn.userId, T0)
      expect(await turns.lastQuestion(turn.userId, other)).toBeUndefined()
    })

    test('is refused when its conversation is gone', async () => {
      const { turns } = stores()
      const turn = await newTurn()
      const begun = await turns.begin({ ...turn, conversationId: 'cnv_gone' })
      expect(begun).toEqual({ ok: false, reason: 'no-conversation' })
    })

    test('take more text until somebody begins to answer them', async () => {
      const { turns, inbox } = stores()
      const turn = await begun()
      const adding = async (text: string) => {
        const added = message({ person: turn.incoming.person, messageKey: `m:${text}` })
        await inbox.open(added)
        return { text, added, ok: await turns.append(turn.id, text, added) }
      }
      const tried = await Promise.all(['一', '二', '三', '四'].map(adding))
      const taken = tried.filter(({ ok }) => ok)
      const question = (await turns.find(turn.id))?.question.split('\n') ?? []
      expect(taken.length).toBeGreaterThan(0)
      expect(question.slice(1).toSorted()).toEqual(taken.map(({ text }) => text).toSorted())
      for (const { added, text } of taken) {
        expect(await inbox.open(added)).toMatchObject({ turnId: turn.id })
        expect(await turns.append(turn.id, text, added)).toBe(false)
      }
      await turns.markQueued(turn.id)
      expect(await turns.find(turn.id)).toMatchObject({ status: 'queued' })
      expect(await adding('还行')).toMatchObject({ ok: true })
      await turns.claim(turn.id, T0, T0 + 1)
      await turns.markQueued(turn.id)
      expect(await turns.find(turn.id)).toMatchObject({ status: 'answering' })
      expect(await adding('太晚')).toMatchObject({ ok: false })
    })

    test('that the user stops are told to whoever holds them', async () => {
      const { turns } = stores()
      const { id, userId } = await begun()
      await turns.claim(id, T0, T0 + 1000)
      expect(await turns.requestStop(userId)).toBe(1)
      expect(await turns.requestStop(userId)).toBe(0)
      expect(await turns.renew(id, 1, T0 + 2000)).toBe('stop')
      expect(await turns.renew(id, 2, T0 + 2000)).toBe('lost')
    })

    test('are charged when they are answered, and refunded when nobody can read it', async () => {
      const { turns } = stores()
      const id = await answered()
      const charged = async () => Boolean((await knex()('turns').where({ id }).first('charged')).charged)
      expect(await charged()).toBe(true)
      await turns.refund(id, T0)
      expect(await charged()).toBe(false)
    })

    test('that nobody works on are found by the sweep', async () => {
      const { turns } = stores()
      const { id } = await begun()
      expect(await turns.unfinished(T0, 10_000)).toContain(id)
      await turns.claim(id, T0, T0 + 1000)
      expect(await turns.unfinished(T0 + 999, 10_000)).not.toContain(id)
      expect(await turns.unfinished(T0 + 1000, 10_000)).toContain(id)
    })
  })
})
