import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/infra/db/database.ts'
import { answerOf, card, service, somebody, usePageService } from '../support/page-service.ts'
import { stacks } from '../support/stacks.ts'
import { startTellingModel, type TellingModel } from '../support/telling-model.ts'
import { until } from '../support/until.ts'

const ANSWER = '第一句话。第二句话。'
const SEND = '/cgi-bin/message/custom/send'

let model: TellingModel
const dir = mkdtempSync(join(tmpdir(), 'yingda-shown-'))
const WORDS_FILE = join(dir, 'words.txt')
beforeAll(async () => {
  writeFileSync(WORDS_FILE, '禁词\n')
  model = await startTellingModel()
})
afterAll(async () => {
  await model.close()
  rmSync(dir, { recursive: true, force: true })
})

/** The only delivery of somebody who asked once. */
const deliveryOf = async (userId: string) => {
  const { knex, close } = openDatabase(service.env.DATABASE_URL ?? '')
  try {
    const row = await knex('deliveries').where({ user_id: userId }).first()
    return { turnId: String(row?.turn_id), status: row?.status, unsure: row?.unsure_part }
  } finally {
    await close()
  }
}
const heldTurnOf = async (userId: string): Promise<string> => {
  await until(async () => (await deliveryOf(userId)).status === 'held')
  return (await deliveryOf(userId)).turnId
}

/** The model says all but the last piece, and the last one when it is released. */
const holds = (...pieces: string[]): (() => void) => {
  let release = () => {}
  const hold = new Promise<void>((resolve) => {
    release = resolve
  })
  model.tells({ pieces, hold })
  return release
}

const reader = async () => {
  const { client, call, me, openid } = await somebody()
  const turn = async (turnId: string) => (await call('GET', `/api/turns/${turnId}`)).body
  const stream = `/api/turns/`
  return {
    ...{ call, me, openid, turn },
    left: async (): Promise<number> => (await call('GET', '/api/me')).body.quota.remaining,
    conversation: async (): Promise<string> => (await call('POST', '/api/conversations', {})).body.id,
    ask: async (conversation = me.conversationId): Promise<string> =>
      (await call('POST', `/api/conversations/${conversation}/turns`, { text: '问' })).body.turnId,
    remove: async (conversation = me.conversationId) =>
      expect((await call('DELETE', `/api/conversations/${conversation}`)).status).toBe(204),
    /** Reads until the answer is there, then hangs up. */
    readAnswer: (turnId: string) =>
      client.events(`${stream}${turnId}/events`, { enough: (all) => answerOf(all).includes(ANSWER) }),
    lastEvent: async (turnId: string) => (await client.events(`${stream}${turnId}/events`)).at(-1),
    tell: (text: string) => service.weixin.platform.send(openid, text),
    turns: async (): Promise<{ id: string; status: string }[]> =>
      (await call('GET', `/api/conversations/${me.conversationId}/turns`)).body,
  }
}

describe.each(stacks)('what was shown is charged on $name', (stack) => {
  usePageService(stack, () => ({
    ...{ OPENAI_BASE_URL: model.baseUrl, WORDS_FILE, TRIAL_CALLS: '9', MERGE_WITHIN_MS: '0' },
    WECHAT_REPLY_BUDGET_MS: '300',
  }))

  test('though its conversation is deleted before the answer ends', async () => {
    const { left, conversation, ask, readAnswer, remove } = await reader()
    for (const remaining of [8, 7, 6]) {
      const release = holds(ANSWER, '完')
      const id = await conversation()
      await readAnswer(await ask(id))
      await remove(id)
      release()
      expect(await left()).toBe(remaining)
    }
  })

  test('though a blocked word ends the answer, and the person is told so', async () => {
    const { left, ask, readAnswer, lastEvent, turn } = await reader()
    const release = holds(ANSWER, '然后是禁词')
    const turnId = await ask()
    await readAnswer(turnId)
    release()
    const last = await lastEvent(turnId)
    expect(last).toMatchObject({ type: 'error', data: { code: 'blocked', charged: 1 } })
    expect(last?.data.message).toContain('已经显示过一部分，这次计入了次数')
    expect(last?.data.message).not.toContain('没有计入')
    expect(await turn(turnId)).toMatchObject({ status: 'failed', answer: null, charged: 1 })
    expect(await left()).toBe(8)
  })

  test.each([
    ['a stray end of thinking', [ANSWER, '\n</think>\n']],
    [
      'what plain text shows nothing of',
      ['[a]: http://example.org "x"\n\n', `[b]: http://b.org "${ANSWER}"`, '\n'],
    ],
  ])('though %s leaves nothing of the answer, which is kept', async (_, pieces) => {
    const { left, ask, readAnswer, lastEvent, turn } = await reader()
    const release = holds(...pieces)
    const turnId = await ask()
    await readAnswer(turnId)
    release()
    expect(await lastEvent(turnId)).toMatchObject({ type: 'finish', data: { charged: 1 } })
    expect(await turn(turnId)).toMatchObject({
      ...{ status: 'answered', answer: expect.stringContaining(ANSWER), charged: 1 },
    })
    expect(await left()).toBe(8)
  })

  test('though it was asked in WeChat, and followed on the page alone', async () => {
    const { left, tell, turns, readAnswer, remove } = await reader()
    const release = holds(ANSWER, '完')
    await tell('问')
    const [asked] = await turns()
    await readAnswer(asked?.id ?? '')
    await remove()
    release()
    expect(await left()).toBe(8)
  })

  describe('of an answer that could not be pushed, once it was read', () => {
    const ways: [string, (of: Awaited<ReturnType<typeof reader>>, turnId: string) => Promise<unknown>][] = [
      ['in the history', ({ turns }) => turns()],
      ['by itself', ({ turn }, turnId) => turn(turnId)],
      ['as a stream', ({ lastEvent }, turnId) => lastEvent(turnId)],
      [
        'by its link',
        (_, turnId) => fetch(`${service.url}${new URL(service.app.links.urlFor(turnId)).pathname}`),
      ],
      ['in the export', ({ call }) => call('GET', '/api/export')],
    ]
    test.each(ways)('%s', async (_, read) => {
      const somebodyElse = await reader()
      const { tell, left, remove, me } = somebodyElse
      const release = holds(ANSWER, '完')
      service.weixin.platform.failNext(SEND, 45015)
      await tell('问')
      release()
      const turnId = await heldTurnOf(me.id)
      await read(somebodyElse, turnId)
      await remove()
      expect(await left()).toBe(8)
    })

    test('and not before', async () => {
      const { tell, left, remove, me } = await reader()
      const release = holds(ANSWER, '完')
      service.weixin.platform.failNext(SEND, 45015)
      await tell('问')
      release()
      await heldTurnOf(me.id)
      expect(await left()).toBe(8)
      await remove()
      expect(await left()).toBe(9)
    })

    test('by a phone that perhaps has it', async () => {
      const { tell, left, remove, me } = await reader()
      const release = holds(ANSWER, '完')
      service.weixin.platform.failNext(SEND, 'http-500')
      await tell('问')
      release()
      await until(async () => (await deliveryOf(me.id)).unsure === 1)
      await remove()
      expect(await left()).toBe(8)
    })
  })

  test('though they unfollow while it is being answered, and come back', async () => {
    const { openid, ask, readAnswer } = await reader()
    const release = holds(ANSWER, '完')
    await readAnswer(await ask())
    await service.weixin.platform.unfollow(openid)
    await service.weixin.platform.follow(openid)
    release()
    const again = await somebody(openid)
    expect((await again.call('GET', '/api/me')).body.quota.remaining).toBe(8)
  })

  test('and nothing else is: what was deleted unread costs nothing', async () => {
    const { left, conversation, ask, remove } = await reader()
    for (const pieces of [[ANSWER], [ANSWER, '完']]) {
      const release = pieces.length === 1 ? () => model.tells({ pieces }) : holds(...pieces)
      if (pieces.length === 1) release()
      const id = await conversation()
      await ask(id)
      await until(async () => (await left()) === 8)
      await remove(id)
      release()
      expect(await left()).toBe(9)
    }
  })

  describe('what comes to nothing costs nothing five times a day, then a call', () => {
    test('when a word is blocked at its very beginning, also after they were forgotten', async () => {
      const { openid, tell } = await reader()
      model.tells({ pieces: ['禁词在前'] })
      const fails = async (who: Awaited<ReturnType<typeof somebody>>) => {
        const { body } = await who.ask('问')
        const [last] = (await who.client.events(`/api/turns/${body.turnId}/events`)).slice(-1)
        return last?.data
      }
      const first = await somebody(openid)
      for (let round = 0; round < 3; round += 1)
        expect(await fails(first)).toMatchObject({ code: 'blocked', charged: 0 })
      await tell('删除我的数据')
      await tell('确认删除')
      const again = await somebody(openid)
      await again.call('POST', '/api/cards/redeem', { key: card() })
      for (const charged of [0, 0, 1, 1])
        expect(await fails(again)).toMatchObject({ code: 'blocked', charged })
      expect((await fails(again)).message).toContain('这次计入了次数；明天起又不计次数了')
      expect((await again.call('GET', '/api/me')).body.quota.remaining).toBe(47)
    })

    const askedOfModel = async (ask: () => Promise<string>): Promise<string> => {
      const before = model.calls()
      const turnId = await ask()
      await until(() => model.calls() > before)
      return turnId
    }

    test('when it is deleted, or stopped, before its first word', async () => {
      const { conversation, ask, remove, left, call, lastEvent } = await reader()
      const release = holds('从没说出来')
      const stops = async () => {
        const turnId = await askedOfModel(ask)
        await call('POST', `/api/turns/${turnId}/stop`)
        return lastEvent(turnId)
      }
      const deletes = async () => {
        const id = await conversation()
        await askedOfModel(() => ask(id))
        await remove(id)
      }
      expect(await stops()).toMatchObject({ type: 'finish', data: { charged: 0, ending: 'stopped' } })
      for (let round = 0; round < 4; round += 1) await deletes()
      expect(await left()).toBe(9)
      await deletes()
      expect(await left()).toBe(8)
      expect(await stops()).toMatchObject({ type: 'finish', data: { charged: 1, ending: 'stopped' } })
      expect(await left()).toBe(7)
      release()
    })

    test('but not what the model fails at', async () => {
      const { left, ask, lastEvent } = await reader()
      model.tells({ pieces: [], status: 400 })
      for (let round = 0; round < 6; round += 1)
        expect(await lastEvent(await ask())).toMatchObject({ data: { code: 'model-failed', charged: 0 } })
      expect(await left()).toBe(9)
    })
  })
})
