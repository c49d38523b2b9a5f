import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, openDatabase } from '../../src/infra/db/database.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { type Service, startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'
import { until } from '../support/until.ts'

const clock = createFastClock(10)

const TOO_LONG = '（回答太长，先说到这里。'
const CUT_OFF = '（回答到这里中断了。'
const STOPPED = '（已停止）'
const LABEL = '（内容由 AI 生成）'

/** What the bot says of how an answer ended is the phone's: it is neither kept nor told to the model. */
describe.each(stacks)('an answer that is not whole on $name', (stack) => {
  let service: Service
  let database: Database
  let count = 0
  const somebody = () => {
    count += 1
    return openidOf(`${stack.engine} ending ${count}`)
  }
  const send = (openid: string, text: string) => service.weixin.platform.send(openid, text)
  const said = (openid: string): string[] =>
    service.weixin.platform
      .phone(openid)
      .messages.flatMap(({ from, text }) => (from === 'account' ? [text] : []))
  const untilSaid = (openid: string, words: string) =>
    until(() => said(openid).some((text) => text.includes(words)))
  const turnsOf = (openid: string) =>
    database
      .knex('turns')
      .join('users', 'users.id', 'turns.user_id')
      .where('users.openid', openid)
      .orderBy('turns.id')
      .select('turns.id', 'turns.question', 'turns.answer', 'turns.ending')
  const deliveryOf = (openid: string): Promise<{ turn_id: string; status: string } | undefined> =>
    database
      .knex('deliveries')
      .join('users', 'users.id', 'deliveries.user_id')
      .where('users.openid', openid)
      .orderBy('turn_id', 'desc')
      .first('deliveries.turn_id', 'deliveries.status')
  const promptOf = (question: string) =>
    service.weixin.model
      .calls()
      .map(({ messages }) => messages)
      .findLast((messages) => messages.at(-1)?.text === question)

  beforeAll(async () => {
    const env = { ...(await stack.openEnv()), WECHAT_ACCOUNT: 'service', WECHAT_REPLY_BUDGET_MS: '4500' }
    service = await startService(stack.engine, env, { clock })
    database = openDatabase(service.env.DATABASE_URL ?? '')
    await send(openidOf('early bird'), '早')
  })
  afterAll(async () => {
    await database.close()
    await service.close()
  })

  test('says on the phone alone that it broke off or was stopped', async () => {
    const [broken, stopped] = [somebody(), somebody()]
    const question = '断开 长 300 甲'
    await send(broken, question)
    await untilSaid(broken, CUT_OFF)
    const running = send(stopped, '逐字 300 长 3000 乙')
    await until(async () => (await turnsOf(stopped)).length > 0)
    await until(() => promptOf('逐字 300 长 3000 乙') !== undefined)
    await clock.sleep(3000)
    await send(stopped, '停止')
    await untilSaid(stopped, STOPPED)
    await running

    for (const [me, note, ending, next] of [
      [broken, CUT_OFF, 'cut-off', '后来呢，戊'],
      [stopped, STOPPED, 'stopped', '后来呢，己'],
    ] as const) {
      expect(said(me).find((text) => text.includes(note))).toMatch(/^沙盒模型的长回答。/)
      const [turn] = await turnsOf(me)
      expect(turn).toMatchObject({ ending })
      expect(turn.answer).toMatch(/^沙盒模型的长回答。/)
      expect(turn.answer).not.toContain(note)
      await send(me, next)
      await untilSaid(me, next)
      const told = promptOf(next)?.map(({ text }) => text) ?? []
      expect(told).toContain(turn.answer)
      expect(told.join()).not.toMatch(/已停止|中断了/)
    }
  })

  test('that reached the limit of the model goes on at 继续, as a question of its own', async () => {
    const me = somebody()
    await send(me, '截断 长 300 丙')
    await untilSaid(me, TOO_LONG)
    expect(said(me)[0]?.endsWith(LABEL)).toBe(true)
    await send(me, '继续')
    await until(async () => (await turnsOf(me)).length === 2)
    await until(async () => (await turnsOf(me))[1]?.ending === 'whole')
    const [first, second] = await turnsOf(me)
    expect(first).toMatchObject({ ending: 'too-long' })
    expect(first.answer).not.toContain(TOO_LONG)
    expect(second).toMatchObject({ question: '继续' })
    expect(promptOf('继续')?.map(({ text }) => text)).toEqual(
      expect.arrayContaining(['截断 长 300 丙', first.answer]),
    )
    await untilSaid(me, '你说的是：继续')
    await send(me, '继续')
    await untilSaid(me, '没有还没看完的回答')
    expect(await turnsOf(me)).toHaveLength(2)
  })

  test('of several parts gives all of them before the model is asked to go on', async () => {
    const me = somebody()
    await send(me, '截断 长 4000 丁')
    await until(() => said(me).some((text) => /还有 \d+ 段/.test(text)))
    expect(said(me).join()).not.toContain(TOO_LONG)
    await until(async () => (await deliveryOf(me))?.status === 'held')
    for (let words = 0; words < 6 && !said(me).join().includes(TOO_LONG); words += 1) await send(me, '继续')
    expect(said(me).at(-1)).toContain(TOO_LONG)
    expect(await turnsOf(me)).toHaveLength(1)
    // While parts are still on their way 继续 asks nothing.
    const whose = { turn_id: (await deliveryOf(me))?.turn_id ?? '' }
    await database
      .knex('deliveries')
      .where(whose)
      .update({ status: 'pushing', due_at: Date.now() * 2 })
    await send(me, '继续')
    expect(said(me).at(-1)).toContain('没有还没看完的回答')
    expect(await turnsOf(me)).toHaveLength(1)
  })
})
