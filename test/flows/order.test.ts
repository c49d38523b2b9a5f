import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, openDatabase } from '../../src/infra/db/database.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { createFastClock } from '../support/fast-clock.ts'
import { type Service, startService } from '../support/service.ts'
import { stacks } from '../support/stacks.ts'
import { until } from '../support/until.ts'

const clock = createFastClock(10)

const ENV = { WECHAT_ACCOUNT: 'service', WECHAT_REPLY_BUDGET_MS: '4500' }

describe.each(stacks)('the questions of one user on $name', (stack) => {
  let service: Service
  let database: Database
  let count = 0
  const somebody = () => {
    count += 1
    return openidOf(`${stack.engine} order ${count}`)
  }
  const said = (openid: string) =>
    service.weixin.platform
      .phone(openid)
      .messages.flatMap(({ from, text }) => (from === 'account' ? [text] : []))
  const turnsOf = (openid: string) =>
    database
      .knex('turns')
      .join('users', 'users.id', 'turns.user_id')
      .join('deliveries', 'deliveries.turn_id', 'turns.id')
      .where('users.openid', openid)
      .orderBy('turns.id')
      .select('turns.*', 'deliveries.status as delivery')
  const callsFor = (text: string) =>
    service.weixin.model.calls().filter(({ messages }) => messages.at(-1)?.text === text)
  /** Sends, and returns when the service has taken it. */
  const begin = async (openid: string, text: string) => {
    const before = (await turnsOf(openid)).length
    const outcome = service.weixin.platform.send(openid, text)
    await until(async () => (await turnsOf(openid)).length > before)
    return { outcome }
  }
  const untilAsked = (text: string) => until(() => callsFor(text).length > 0)

  beforeAll(async () => {
    service = await startService(stack.engine, { ...(await stack.openEnv()), ...ENV }, { clock })
    database = openDatabase(service.env.DATABASE_URL ?? '')
    await service.weixin.platform.send(openidOf('early bird'), '早')
  })
  afterAll(async () => {
    await database.close()
    await service.close()
  })

  test('are answered in their order, though the second would be quicker', async () => {
    const me = somebody()
    const first = await begin(me, '慢 8 甲一')
    await untilAsked('慢 8 甲一')
    const second = await service.weixin.platform.send(me, '甲二')
    await first.outcome
    await until(() => said(me).length === 2)
    expect(said(me)).toEqual([expect.stringContaining('甲一'), expect.stringContaining('甲二')])
    expect(second).toMatchObject({ attempts: 1, replied: false, notice: false })
  })

  test('are answered in their order when the first has many parts', async () => {
    const me = somebody()
    const first = await begin(me, '慢 2 长 1500 乙一')
    await untilAsked('慢 2 长 1500 乙一')
    await service.weixin.platform.send(me, '乙二')
    await first.outcome
    await until(() => said(me).some((text) => text.includes('乙二')))
    expect(said(me).length).toBeGreaterThan(3)
    expect(said(me).at(-1)).toContain('你说的是：乙二')
  })

  test('wait for an answer that cannot be pushed at once, and come after it', async () => {
    const { platform } = service.weixin
    const me = somebody()
    await begin(me, '慢 6 丙一')
    platform.failNext('/cgi-bin/message/custom/send', -1, 4)
    await clock.sleep(7000)
    await begin(me, '慢 1 丙二')
    await until(() => said(me).length === 2, 15_000)
    expect(said(me)).toEqual([expect.stringContaining('丙一'), expect.stringContaining('丙二')])
  })

  test('beyond one in work and three in line are refused, and cost nothing', async () => {
    const { platform } = service.weixin
    const me = somebody()
    const running = [await begin(me, '慢 9 丁一')]
    await untilAsked('慢 9 丁一')
    const long = '这一句很长，不会与别的合并。'.repeat(20)
    for (const name of ['丁二', '丁三', '丁四']) running.push(await begin(me, `${name}${long}`))
    const refused = await platform.send(me, `丁五${long}`)
    expect(refused).toMatchObject({ attempts: 1, replied: true })
    expect(said(me)).toEqual([expect.stringMatching(/前面还有 \d 个问题在等我回答.*没有计入次数/)])
    await until(() => said(me).length === 5)
    await Promise.all(running.map(({ outcome }) => outcome))
    expect(said(me).slice(1)).toEqual(
      ['丁一', '丁二', '丁三', '丁四'].map((name) => expect.stringContaining(name)),
    )
    expect((await turnsOf(me)).map(({ status }) => status)).toEqual(Array(4).fill('answered'))
    expect(callsFor(`丁五${long}`)).toEqual([])
    await platform.send(me, '丁六')
    expect(said(me).at(-1)).toContain('丁六')
  })

  test('in short pieces are one question, while it has not begun', async () => {
    const { platform } = service.weixin
    const me = somebody()
    const first = await begin(me, '慢 6 戊一')
    await untilAsked('慢 6 戊一')
    const second = await begin(me, '戊二')
    const third = await platform.send(me, '戊三')
    expect(third).toMatchObject({ attempts: 1, replied: false, notice: false })
    await Promise.all([first.outcome, second.outcome])
    await until(() => said(me).length === 2)
    expect(said(me)[1]).toContain('戊二\n戊三')
    expect(callsFor('戊二\n戊三')).toHaveLength(1)
    expect((await turnsOf(me)).map(({ question }) => question)).toEqual(['慢 6 戊一', '戊二\n戊三'])
  })

  test('more than two seconds apart are two', async () => {
    const me = somebody()
    const first = await begin(me, '慢 7 己一')
    await untilAsked('慢 7 己一')
    await begin(me, '己二')
    await clock.sleep(2500)
    await begin(me, '己三')
    await first.outcome
    await until(() => said(me).length === 3)
    expect((await turnsOf(me)).map(({ question }) => question)).toEqual(['慢 7 己一', '己二', '己三'])
  })

  test('停止 ends the running answer and keeps what was said', async () => {
    const { platform, model } = service.weixin
    const me = somebody()
    const first = await begin(me, '逐字 300 长 3000 庚一')
    await untilAsked('逐字 300 长 3000 庚一')
    await clock.sleep(3000)
    await platform.send(me, '停止')
    await until(() => said(me).some((text) => text.includes('（已停止）')))
    await first.outcome
    expect(said(me)).toContainEqual(expect.stringMatching(/好的，停下了/))
    const answer = said(me).find((text) => text.includes('（已停止）'))
    expect(answer).toMatch(/^沙盒模型的长回答。/)
    expect(said(me)).toHaveLength(2)
    await until(async () => /replied|delivered/.test((await turnsOf(me))[0]?.delivery))
    expect(await turnsOf(me)).toEqual([expect.objectContaining({ status: 'answered', ending: 'stopped' })])
    await until(() =>
      model
        .calls()
        .some(({ messages, end }) => messages.at(-1)?.text.includes('庚一') === true && end === 'aborted'),
    )
  })

  test('停止 takes back what waits as well, and the next question is answered', async () => {
    const { platform } = service.weixin
    const me = somebody()
    const first = await begin(me, '慢 60 辛一')
    await untilAsked('慢 60 辛一')
    const second = await begin(me, '辛二')
    await platform.send(me, '停止')
    const outcomes = await Promise.all([first.outcome, second.outcome])
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ attempts: 1, replied: false, notice: false })
    await platform.send(me, '辛三')
    await until(() => said(me).length === 2)
    expect(said(me)).toEqual([expect.stringMatching(/好的，停下了/), expect.stringContaining('辛三')])
    expect(callsFor('辛二')).toEqual([])
    const rows = await turnsOf(me)
    expect(rows.map(({ failure, charged }) => [failure, Boolean(charged)])).toEqual([
      ['stopped', false],
      ['stopped', false],
      [null, true],
    ])
  })

  test('停止 with nothing running says so', async () => {
    const me = somebody()
    await service.weixin.platform.send(me, '停止')
    await service.weixin.platform.send(me, '壬')
    await service.weixin.platform.send(me, 'STOP')
    expect(said(me)).toEqual([
      expect.stringContaining('没有正在进行的回答'),
      expect.stringContaining('壬'),
      expect.stringContaining('没有正在进行的回答'),
    ])
  })

  test('重答 asks the last one again', async () => {
    const { platform } = service.weixin
    const me = somebody()
    await platform.send(me, '重答')
    expect(said(me)).toEqual([expect.stringContaining('还没有可以重答的问题')])
    await platform.send(me, '癸一')
    await platform.send(me, '癸二')
    await platform.send(me, '重答')
    expect(said(me).slice(1)).toEqual(['癸一', '癸二', '癸二'].map((name) => expect.stringContaining(name)))
    expect(callsFor('癸二')).toHaveLength(2)
    expect(await turnsOf(me)).toHaveLength(3)
  })

  test('sent three times by requests that overlap are one question with one answer', async () => {
    const me = somebody()
    await service.restart({ WECHAT_ACCOUNT: 'unverified' })
    const outcome = await service.weixin.platform.send(me, '慢 12 子', { overlap: true })
    expect(outcome).toMatchObject({ attempts: 3, replied: true, notice: false })
    expect(said(me)).toEqual([expect.stringContaining('子')])
    expect(callsFor('慢 12 子')).toHaveLength(1)
    // With parts left, the three requests do not take one each.
    const other = somebody()
    const long = await service.weixin.platform.send(other, '慢 12 长 1800', { overlap: true })
    expect(long).toMatchObject({ replied: true, notice: false })
    const texts = long.tries.flatMap((each) => (each.outcome === 'reply' ? [each.message.text] : []))
    expect(new Set(texts).size).toBe(1)
    expect(said(other)).toHaveLength(1)
    await service.restart()
  })

  test('are kept apart from those of another with the same MsgId', async () => {
    const { platform } = service.weixin
    const [one, two] = [somebody(), somebody()]
    const msgId = '7000000000000000009'
    const sent = [one, two].map((each, index) => platform.send(each, `慢 1 丑${index}`, { msgId }))
    for (const outcome of await Promise.all(sent))
      expect(outcome).toMatchObject({ attempts: 1, replied: true })
    expect(said(one)).toEqual([expect.stringContaining('丑0')])
    expect(said(two)).toEqual([expect.stringContaining('丑1')])
  })

  test('are never merged with MERGE_WITHIN_MS=0', async () => {
    const me = somebody()
    await service.restart({ MERGE_WITHIN_MS: '0' })
    const first = await begin(me, '慢 6 寅一')
    await untilAsked('慢 6 寅一')
    await begin(me, '寅二')
    await begin(me, '寅三')
    await first.outcome
    await until(() => said(me).length === 3)
    expect((await turnsOf(me)).map(({ question }) => question)).toEqual(['慢 6 寅一', '寅二', '寅三'])
    await service.restart()
  })
})
