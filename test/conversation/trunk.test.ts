import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Reply } from '../../src/conversation/incoming.ts'
import { openMemoryApp, T0 } from '../support/memory-app.ts'
import { until } from '../support/until.ts'

type MemoryApp = Awaited<ReturnType<typeof openMemoryApp>>
let app: MemoryApp
beforeEach(async () => {
  app = await openMemoryApp()
})
afterEach(() => app.close())

/** A model that answers when it is told to. */
const modelOnCommand = () => {
  let finish: (text: string) => void = () => {}
  const asked = { count: 0 }
  app.setModel(async function* () {
    asked.count += 1
    const text = await new Promise<string>((resolve) => {
      finish = resolve
    })
    yield { type: 'text', text }
  })
  return { asked, finish: (text: string) => finish(text) }
}
const settled = async (promise: Promise<Reply>): Promise<Reply | 'open'> =>
  Promise.race([promise, new Promise<'open'>((resolve) => setTimeout(() => resolve('open'), 20))])

describe('a question at the door', () => {
  test('is carried back when the answer comes one millisecond before the door closes', async () => {
    const model = modelOnCommand()
    await app.queue.work(app.work, 5)
    const reply = app.trunk.receive(app.incoming())
    await until(() => model.asked.count === 1)
    await app.clock.advance(4499)
    expect(await settled(reply)).toBe('open')
    model.finish('好')
    expect(await reply).toEqual({ kind: 'text', text: '好' })
    expect((await app.last()).delivery).toMatchObject({ status: 'replied', parts: ['好'] })
    expect(app.phone).toEqual([])
    expect(app.state.typing).toBe(0)
  })

  test('is answered with nothing at the instant the door closes, then pushed', async () => {
    const model = modelOnCommand()
    await app.queue.work(app.work, 5)
    const reply = app.trunk.receive(app.incoming())
    await until(() => model.asked.count === 1)
    await app.clock.advance(4500)
    expect(await reply).toEqual({ kind: 'none' })
    expect(app.state.typing).toBe(1)
    expect((await app.last()).delivery).toMatchObject({ status: 'late' })
    model.finish('好')
    await until(async () => (await app.last()).delivery?.status === 'delivered')
    expect(app.phone).toEqual(['好'])
  })

  test('whose answer was stored unseen before the door closed is still carried back', async () => {
    const reply = app.trunk.receive(app.incoming())
    await until(async () => (await app.knex('turns').count({ n: '*' }))[0]?.n === 1)
    const { id } = await app.last()
    await app.turns.claim(id, T0, T0 + 1000)
    await app.turns.end(
      id,
      1,
      { status: 'answered', ending: 'whole', answer: '好', channel: 'c', model: 'm', usage: undefined },
      T0,
    )
    await app.clock.advance(4500)
    expect(await reply).toEqual({ kind: 'text', text: '好' })
    await app.work(id)
    expect(app.phone).toEqual([])
  })

  test('asked again while it is decided, being answered, and after, is one question with one answer', async () => {
    const model = modelOnCommand()
    await app.queue.work(app.work, 5)
    const incoming = app.incoming()
    const first = app.trunk.receive(incoming)
    const second = app.trunk.receive(incoming)
    await until(() => model.asked.count === 1)
    const third = app.trunk.receive(incoming)
    model.finish('好')
    const replies = await Promise.all([first, second, third, app.trunk.receive(incoming)])
    expect(replies).toEqual(replies.map(() => ({ kind: 'text', text: '好' })))
    expect(model.asked.count).toBe(1)
    expect(await app.knex('turns').count({ n: '*' })).toEqual([{ n: 1 }])
  })

  test('asked again after it was pushed is answered with nothing', async () => {
    const incoming = app.incoming()
    const reply = app.trunk.receive(incoming)
    await until(() => app.clock.sleeping() > 0)
    await app.clock.advance(4500)
    await reply
    await app.work((await app.last()).id)
    expect(app.phone).toEqual(['answer'])
    expect(await app.trunk.receive({ ...incoming, doorClosesAt: app.clock.now() + 4500 })).toEqual({
      kind: 'none',
    })
    expect(app.phone).toEqual(['answer'])
  })

  test('that was taken but never became a turn becomes one when it comes again', async () => {
    await app.queue.work(app.work, 5)
    const incoming = app.incoming()
    await app
      .knex('inbound_messages')
      .insert({ ...incoming.person, message_key: incoming.messageKey, received_at: T0 })
    expect(await app.trunk.receive(incoming)).toEqual({ kind: 'text', text: 'answer' })
  })

  test('waits for the database alone when the feed is broken', async () => {
    app.feed.read = async function* () {
      yield* []
      throw new Error('the feed is down')
    }
    await app.queue.work(app.work, 5)
    const reply = app.trunk.receive(app.incoming())
    await until(async () => (await app.last()).turn?.status === 'answered')
    await app.clock.advance(4500)
    expect(await reply).toEqual({ kind: 'text', text: 'answer' })
  })

  test('is not lost when the queue does not take it', async () => {
    app.queue.add = () => Promise.reject(new Error('the queue is down'))
    const reply = app.trunk.receive(app.incoming())
    await until(() => app.clock.sleeping() > 0)
    await app.clock.advance(4500)
    expect(await reply).toEqual({ kind: 'none' })
    const { id } = await app.last()
    expect(await app.turns.unfinished(app.clock.now(), 10)).toEqual([id])
  })
})

describe('a long answer at the door', () => {
  const long = `${'长'.repeat(500)}\n\n${'长'.repeat(500)}`
  beforeEach(async () => {
    app.setModel(async function* () {
      yield { type: 'text', text: long }
    })
    await app.queue.work(app.work, 5)
  })

  test('is pushed whole where the account may push, without waiting for the door', async () => {
    expect(await app.trunk.receive(app.incoming())).toEqual({ kind: 'none' })
    await until(async () => (await app.last()).delivery?.status === 'delivered')
    expect(app.phone.join('').replaceAll(/\s/g, '')).toBe('长'.repeat(1000))
    expect(app.clock.now()).toBe(T0)
  })

  test('is begun by the callback and held where it may not', async () => {
    app.state.mayPush = false
    const reply = await app.trunk.receive(app.incoming())
    expect(reply).toMatchObject({
      kind: 'text',
      text: expect.stringMatching(/^长{500}\n\n还有 1 段，回复「继续」查看/),
    })
    expect((await app.last()).delivery).toMatchObject({ status: 'held', partsSent: 1 })
  })
})
