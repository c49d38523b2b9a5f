import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { ChannelError } from '../../src/base/channel-error.ts'
import { silentLog } from '../../src/base/log.ts'
import { createSweep } from '../../src/conversation/sweep.ts'
import { createTidy } from '../../src/conversation/tidy.ts'
import { createKnexElections } from '../../src/infra/db/knex-elections.ts'
import type { StreamPart } from '../../src/llm/channel.ts'
import { openMemoryApp, T0 } from '../support/memory-app.ts'
import { until } from '../support/until.ts'

type MemoryApp = Awaited<ReturnType<typeof openMemoryApp>>
let app: MemoryApp
beforeEach(async () => {
  app = await openMemoryApp()
})
afterEach(() => app.close())

/** A committed question whose door has closed. */
const asked = async (): Promise<string> => {
  const reply = app.trunk.receive(app.incoming())
  await until(() => app.clock.sleeping() > 0)
  await app.clock.advance(4500)
  await reply
  return (await app.last()).id
}
const says = (...parts: string[]) =>
  async function* (): AsyncGenerator<StreamPart> {
    for (const text of parts) yield { type: 'text', text }
  }
const untilAborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))

describe('answering', () => {
  test('ends a turn whose time is up with an apology, keeping a code for the operator', async () => {
    const id = await asked()
    app.setModel(async function* (signal) {
      yield { type: 'reasoning', text: 'hm' }
      await untilAborted(signal)
    })
    const working = app.work(id)
    await until(() => app.clock.sleeping() >= 2)
    await app.clock.advance(120_000)
    await working
    const { turn } = await app.last()
    expect(turn).toMatchObject({ status: 'failed', failure: 'timed-out' })
    expect(app.phone).toEqual([expect.stringContaining(turn?.refusalCode ?? 'none')])
  })

  test('keeps what was said when the time is up in the middle, and says that it broke off', async () => {
    const id = await asked()
    app.setModel(async function* (signal) {
      yield { type: 'text', text: '前半' }
      await untilAborted(signal)
    })
    const working = app.work(id)
    await until(() => app.clock.sleeping() >= 2)
    await app.clock.advance(120_000)
    await working
    expect((await app.last()).turn).toMatchObject({ status: 'answered', ending: 'cut-off', answer: '前半' })
    expect(app.phone).toEqual([expect.stringMatching(/^前半\n\n（回答到这里中断了/)])
  })

  test('renews its lease, so that nobody else takes a turn that takes long', async () => {
    const id = await asked()
    let finish = () => {}
    app.setModel(async function* () {
      await new Promise<void>((resolve) => {
        finish = resolve
      })
      yield { type: 'text', text: '好' }
    })
    const working = app.work(id)
    await until(() => app.clock.sleeping() >= 2)
    for (let second = 0; second < 30; second += 1) {
      await app.clock.advance(1000)
      const inNineSeconds = app.clock.now() + 9000
      await until(async () => !(await app.turns.unfinished(inNineSeconds, 10)).includes(id))
    }
    finish()
    await working
    expect(app.phone).toEqual(['好'])
  })

  test('stops without a word when its lease was lost', async () => {
    const id = await asked()
    app.setModel(async function* (signal) {
      yield { type: 'text', text: 'stale' }
      await untilAborted(signal)
    })
    const working = app.work(id)
    await until(() => app.clock.sleeping() >= 2)
    await app.knex('turns').update({ attempt: 2 })
    await app.clock.advance(10_000)
    await working
    expect((await app.last()).turn).toMatchObject({ status: 'answering', attempt: 2 })
    expect(app.phone).toEqual([])
  })

  test('gives up a turn that took down its worker five times', async () => {
    const id = await asked()
    await app.knex('turns').update({ attempt: 12 })
    await app.work(id)
    expect((await app.last()).turn).toMatchObject({ status: 'failed', failure: 'gave-up' })
  })

  test('publishes deltas that add up to the answer, between a start and a finish', async () => {
    const id = await asked()
    app.setModel(says('一', '二', '三'))
    await app.work(id)
    const events: unknown[] = []
    for await (const { event } of app.feed.read(id, { signal: new AbortController().signal }))
      events.push(event)
    const text = events.flatMap((event) =>
      typeof event === 'object' && event && 'text' in event ? [event.text] : [],
    )
    expect(events[0]).toEqual({ type: 'start' })
    expect(events.at(-1)).toEqual({ type: 'finish' })
    expect(text.join('')).toBe('一二三')
  })

  test('remembers which channel answered, whole or not', async () => {
    const id = await asked()
    app.setModel(async function* () {
      yield { type: 'text', text: '好' }
      yield { type: 'finish', reason: 'stop', channel: 'second' }
    })
    await app.work(id)
    const stored = (turnId: string) =>
      app.knex('turns').where({ id: turnId }).first('channel', 'model', 'ending')
    expect(await stored(id)).toEqual({ channel: 'second', model: 'm', ending: 'whole' })
    const next = await asked()
    app.setModel(async function* () {
      yield { type: 'text', text: '前半' }
      throw new ChannelError('third', 'unavailable', 'broke off')
    })
    await app.work(next)
    expect(await stored(next)).toEqual({ channel: 'third', model: 'm', ending: 'cut-off' })
  })

  test.each([
    ['length', 'too-long'],
    ['content-filter', 'cut-off'],
    ['broken-off', 'cut-off'],
  ] as const)('keeps an answer that ended by %s as %s', async (reason, ending) => {
    const id = await asked()
    app.setModel(async function* () {
      yield { type: 'text', text: '前半' }
      yield { type: 'finish', reason }
    })
    await app.work(id)
    const stored = await app.knex('turns').where({ id }).first('answer', 'ending')
    expect(stored).toEqual({ answer: '前半', ending })
  })

  test('says that it thought too long, and what helps, when all tokens went into thinking', async () => {
    const id = await asked()
    app.setModel(async function* () {
      yield { type: 'reasoning', text: '一直在想……' }
      yield { type: 'finish', reason: 'length' }
    })
    await app.work(id)
    expect((await app.last()).turn).toMatchObject({ status: 'failed', failure: 'thought-too-long' })
    expect(app.phone.join()).toMatch(/想得太久.*「模型」/)
  })

  test('keeps nothing of a thought whose opening mark is missing, and does not send it on', async () => {
    const id = await asked()
    app.setModel(says('用户问天气，`api` 查不到。\n</thi', 'nk>\n\n请看窗外。'))
    await app.work(id)
    expect((await app.last()).turn).toMatchObject({ answer: '请看窗外。' })
    expect(app.phone.join()).not.toContain('api')
    const [past] = await app.turns.history((await app.last()).turn?.conversationId ?? '', 'trn_z', 1)
    expect(past?.answer).toBe('请看窗外。')
  })

  test('keeps nothing of such a thought when the answer behind it breaks off', async () => {
    const id = await asked()
    app.setModel(async function* () {
      yield { type: 'text', text: '想</think>前半' }
      throw new ChannelError('third', 'unavailable', 'broke off')
    })
    await app.work(id)
    expect((await app.last()).turn).toMatchObject({ answer: '前半', ending: 'cut-off' })
  })

  test('does not depend on the feed', async () => {
    const id = await asked()
    app.feed.publish = () => Promise.reject(new Error('the feed is down'))
    await app.work(id)
    expect(app.phone).toEqual(['answer'])
  })
})

describe('pushing', () => {
  const long = Array.from({ length: 3 }, (_, index) => `${index}${'长'.repeat(500)}`).join('\n\n')
  const fault = { ok: false, next: 'retry', reason: 'errcode -1' } as const

  test('tries a part again with growing pauses, and sends no part twice', async () => {
    const id = await asked()
    app.setModel(says(long))
    app.results.push({ ok: true }, fault, fault)
    const working = app.work(id)
    await until(() => app.phone.length === 1 && app.clock.sleeping() === 2)
    await app.clock.advance(500)
    await until(() => app.clock.sleeping() === 2)
    await app.clock.advance(1000)
    await working
    expect(app.phone.map(([first]) => first)).toEqual(['0', '1', '2'])
    expect((await app.last()).delivery).toMatchObject({ status: 'delivered', partsSent: 3 })
  })

  test('is taken up later at the first part that is not confirmed', async () => {
    const id = await asked()
    app.setModel(says(long))
    app.results.push({ ok: true }, fault, fault, fault)
    const working = app.work(id)
    for (const pause of [500, 1000]) {
      // The pause, and the lease of the push.
      await until(() => app.clock.sleeping() === 2)
      await app.clock.advance(pause)
    }
    await working
    expect((await app.last()).delivery).toMatchObject({ status: 'late', partsSent: 1 })
    await app.work(id)
    expect(app.phone).toHaveLength(1)
    await app.clock.advance(30_000)
    expect(await app.deliveries.due(app.clock.now(), 10)).toEqual([id])
    await app.work(id)
    expect(app.phone.map(([first]) => first)).toEqual(['0', '1', '2'])
  })

  test.each([
    ['hold', 'held'],
    ['give-up', 'expired'],
  ] as const)('ends at once when WeChat says %s', async (next, status) => {
    const id = await asked()
    app.results.push({ ok: false, next, reason: 'errcode' })
    await app.work(id)
    expect((await app.last()).delivery).toMatchObject({ status, partsSent: 0 })
  })

  test('holds the answer of an account that may not push', async () => {
    const id = await asked()
    app.state.mayPush = false
    await app.work(id)
    expect((await app.last()).delivery).toMatchObject({ status: 'held', parts: ['answer'], partsSent: 0 })
    expect(app.phone).toEqual([])
  })

  test('holds the answer when WeChat has been out of reach for ten minutes', async () => {
    const id = await asked()
    await app.work(id).catch(() => {})
    await app.knex('deliveries').update({ status: 'late', due_at: 0, parts_sent: 0 })
    app.phone.splice(0)
    await app.clock.advance(600_000)
    app.results.push(fault, fault, fault)
    const working = app.work(id)
    for (const pause of [500, 1000]) {
      // The pause, and the lease of the push.
      await until(() => app.clock.sleeping() === 2)
      await app.clock.advance(pause)
    }
    await working
    expect((await app.last()).delivery).toMatchObject({ status: 'held' })
  })
})

describe('the sweep', () => {
  test('queues what is unfinished at once and every 30 seconds', async () => {
    const id = await asked()
    const added: string[] = []
    const queue = { add: async (turnId: string) => void added.push(turnId) }
    const sweep = createSweep({
      turns: app.turns,
      deliveries: app.deliveries,
      tidy: createTidy({ ...app.stores, clock: app.clock, log: silentLog }),
      queue,
      elections: createKnexElections(app.knex),
      holder: 'me',
      clock: app.clock,
      log: silentLog,
    })
    sweep.start()
    await until(() => added.length === 1 && app.clock.sleeping() === 1)
    await app.clock.advance(30_000)
    await until(() => added.length === 2)
    await app.work(id)
    await until(() => app.clock.sleeping() === 1)
    await app.clock.advance(30_000)
    await until(() => app.clock.sleeping() === 1)
    expect(added).toEqual([id, id])
    await sweep.stop()
    expect(app.clock.now()).toBeGreaterThan(T0)
  })
})

describe('tidying', () => {
  const DAY_MS = 86_400_000
  const tidy = () => createTidy({ ...app.stores, clock: app.clock, log: silentLog })()

  test('forgets messages after a week, at the exact instant', async () => {
    await app.trunk.receive(app.incoming({ said: { kind: 'text', text: '停止' } }))
    const messages = () => app.knex('inbound_messages').pluck('message_key')
    await app.clock.advance(7 * DAY_MS)
    await tidy()
    expect(await messages()).toHaveLength(1)
    await app.clock.advance(1)
    await tidy()
    expect(await messages()).toEqual([])
  })

  test('forgets refusals after a month', async () => {
    const refusal = {
      ...({ code: 'X', at: T0, rule: 'rate', userId: undefined } as const),
      details: { perMinute: 3 },
    }
    await app.stores.refusals.record(refusal)
    await app.clock.advance(30 * DAY_MS)
    await tidy()
    expect(await app.stores.refusals.find('X')).toEqual(refusal)
    await app.clock.advance(1)
    await tidy()
    expect(await app.stores.refusals.find('X')).toBeUndefined()
  })

  test('gives back the call of an answer that nobody asked for', async () => {
    app.state.mayPush = false
    const { id } = await app.users.ensure({ account: 'gh', openid: 'o1' }, T0)
    const gift = { userId: id, kind: 'trial', source: 'x', calls: 3, expiresAt: undefined } as const
    await app.stores.ledger.give({ ...gift, reason: 'test' }, T0)
    app.state.price = 2
    const incoming = app.incoming({ person: { account: 'gh', openid: 'o1' } })
    const asked = app.trunk.receive({ ...incoming, gone: AbortSignal.abort() })
    await until(async () => (await app.last()).turn !== undefined)
    await app.clock.advance(5500)
    await asked
    await app.work((await app.last()).id)
    expect((await app.last()).delivery?.status).toBe('held')
    const left = async () => (await app.stores.ledger.balance(id, app.clock.now())).remaining
    expect(await left()).toBe(1)
    await app.clock.advance(8 * DAY_MS + 1)
    await tidy()
    expect((await app.last()).delivery?.status).toBe('expired')
    expect(await left()).toBe(3)
  })
})
