import { afterEach, describe, expect, test } from '@jest/globals'
import type { Incoming, Reply } from '../../src/conversation/incoming.ts'
import { openMemoryApp } from '../support/memory-app.ts'
import { type Stack, stacks } from '../support/stacks.ts'
import { until } from '../support/until.ts'

type MemoryApp = Awaited<ReturnType<typeof openMemoryApp>>
let app: MemoryApp
afterEach(() => app.close())

const RACES = process.env.TEST_ENGINES === 'quick' ? 200 : 1000
const AT_ONCE = 20
/** For each question: the worker's lease, the worker's time, the callback's door. */
const SLEEPERS = 3 * AT_ONCE
const DOOR_MS = 4500
const WECHAT_HANGS_UP_MS = 5500

const eventLoopTurns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve))
}

/** Lets a step of a store wait for something of its turn's. */
const before = <T extends object>(store: T, name: keyof T, wait: (turnId: string) => Promise<void>): void => {
  const step = store[name]
  if (typeof step !== 'function') throw new TypeError(`${String(name)} is no step`)
  const late = async (...given: unknown[]) => {
    await wait(String(given[0]))
    return Reflect.apply(step, store, given)
  }
  Reflect.set(store, name, late)
}

/** In turns of the event loop: whoever is left alone goes on. */
const PATIENCE = 300

/** Of two who are about to decide on one turn, whoever comes first waits a while for the other. */
const meeting = (random: () => number) => {
  const waiting = new Set<string>()
  return async (turnId: string): Promise<void> => {
    if (!waiting.delete(turnId)) {
      waiting.add(turnId)
      for (let turn = 0; turn < PATIENCE && waiting.has(turnId); turn += 1) await eventLoopTurns(1)
      waiting.delete(turnId)
    }
    await eventLoopTurns(random() * 4)
  }
}

/** Where everybody waits until they are let through. */
const gate = () => {
  let waiting: (() => void)[] = []
  return {
    pass: () => new Promise<void>((resolve) => waiting.push(resolve)),
    waiting: () => waiting.length,
    /** Each of these lets one through. */
    open(): (() => void)[] {
      const all = waiting
      waiting = []
      return all
    },
  }
}

/** Park and Miller: the same at every run. */
const fixedRandom = () => {
  let state = 20_261_123
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

const openRace = async (stack: Stack) => {
  app = await openMemoryApp(stack)
  const { clock, trunk, turns, deliveries } = app
  const random = fixedRandom()
  const thinking = gate()
  const answers = gate()
  // The answer is stored, or the door closed; then a callback hands it over, or a worker pushes it.
  const whoEnds = meeting(random)
  before(turns, 'end', whoEnds)
  before(turns, 'end', answers.pass)
  before(deliveries, 'closeDoor', whoEnds)
  const whoDelivers = meeting(random)
  before(deliveries, 'handOver', whoDelivers)
  before(deliveries, 'startPush', whoDelivers)
  const aWhile = () => eventLoopTurns(random() * 8)
  before(turns, 'find', aWhile)
  before(turns, 'frontOfLine', aWhile)
  for (const name of ['find', 'storeParts', 'endPush'] as const) before(deliveries, name, aWhile)
  let asked = 0
  app.setModel(async function* () {
    asked += 1
    const text = `answer ${asked}`
    await thinking.pass()
    yield { type: 'text', text }
  })
  await app.queue.work(app.work, AT_ONCE)

  /** Returns when every callback watches its door, and every model is thinking. */
  const ask = async (messages: Incoming[]): Promise<Promise<Reply>[]> => {
    const now = clock.now()
    const here = { receivedAt: now, doorClosesAt: now + DOOR_MS }
    const replies = messages.map((message) => trunk.receive({ ...message, ...here }))
    await until(() => thinking.waiting() === AT_ONCE && clock.sleeping() >= SLEEPERS)
    return replies
  }

  /** Asks at once for many, then lets all answers come around the instant when the doors close. */
  const round = async (retries = 0) => {
    const messages = Array.from({ length: AT_ONCE }, () => app.incoming())
    let replies = await ask(messages)
    for (let retry = 0; retry < retries; retry += 1) {
      await clock.advance(WECHAT_HANGS_UP_MS)
      for (const reply of await Promise.all(replies)) expect(reply).toEqual({ kind: 'hang' })
      replies = await ask(messages)
    }
    await clock.advance(DOOR_MS - 1)
    for (const think of thinking.open()) think()
    await until(() => answers.waiting() === AT_ONCE)
    const [early = [], late = []] = Map.groupBy(answers.open(), () => random() < 0.5).values()
    for (const answer of early) answer()
    if (random() < 0.5) await eventLoopTurns(random() * 12)
    const closing = clock.advance(1)
    for (const answer of late) answer()
    await closing
    return { messages, replies: await Promise.all(replies) }
  }
  return { round }
}

/** What became of each message: its turn's answer, and how its delivery ended. */
const outcomes = async (messages: Incoming[]) => {
  const rows = await app
    .knex('turns')
    .join('deliveries', 'deliveries.turn_id', 'turns.id')
    .whereIn(
      'turns.message_key',
      messages.map(({ messageKey }) => messageKey),
    )
    .select<{ message_key: string; answer: string | null; status: string; turn_status: string }[]>(
      'turns.message_key',
      'turns.answer',
      'deliveries.status',
      'turns.status as turn_status',
    )
  return messages.map(({ messageKey }) => {
    const row = rows.find(({ message_key }) => message_key === messageKey)
    if (!row) throw new Error(`no turn for ${messageKey}`)
    return row
  })
}

const textOf = (reply: Reply | undefined): string[] => (reply?.kind === 'text' ? [reply.text] : [])

describe.each(stacks)('the answer and the deadline in the same millisecond on $name', (stack) => {
  test('make one delivery, either the reply or the push', async () => {
    const { round } = await openRace(stack)
    const ways = { replied: 0, delivered: 0 }
    for (let done = 0; done < RACES; done += AT_ONCE) {
      const { messages, replies } = await round()
      await until(async () =>
        (await outcomes(messages)).every(({ status }) => ['replied', 'delivered'].includes(status)),
      )
      for (const [index, { answer, status }] of (await outcomes(messages)).entries()) {
        const replied = textOf(replies[index])
        expect([...replied, ...app.phone.filter((text) => text === answer)]).toEqual([answer])
        expect(replied).toHaveLength(status === 'replied' ? 1 : 0)
        if (status === 'replied') ways.replied += 1
        else ways.delivered += 1
      }
    }
    // Nothing comes after the end.
    await app.queue.close()
    expect(app.phone).toHaveLength(ways.delivered)
    // Both sides win their share, else this was no race.
    expect(Math.min(ways.replied, ways.delivered)).toBeGreaterThan(RACES / 20)
  }, 90_000)

  test('that is the last callback of an account that may not push leave no question without a word', async () => {
    const { round } = await openRace(stack)
    app.state.mayPush = false
    const ways = { carried: 0, asked: 0 }
    for (let done = 0; done < RACES / 4; done += AT_ONCE) {
      const { messages, replies } = await round(2)
      await until(async () =>
        (await outcomes(messages)).every(({ turn_status }) => turn_status === 'answered'),
      )
      for (const [index, { answer }] of (await outcomes(messages)).entries()) {
        const message = messages[index]
        if (!message || answer === null) throw new Error('a question without an answer')
        const first = textOf(replies[index])
        expect(first).toHaveLength(1)
        if (first[0] === answer) {
          ways.carried += 1
          continue
        }
        expect(first[0]).toContain('还在想')
        const more = await app.trunk.receive(
          app.incoming({ person: message.person, said: { kind: 'text', text: '继续' } }),
        )
        expect(textOf(more)).toEqual([answer])
        ways.asked += 1
      }
    }
    expect(app.phone).toEqual([])
    expect(Math.min(ways.carried, ways.asked)).toBeGreaterThan(RACES / 80)
  }, 90_000)
})
