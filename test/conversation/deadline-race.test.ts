import { afterEach, describe, expect, test } from '@jest/globals'
import type { Incoming, Reply } from '../../src/conversation/incoming.ts'
import type { Engine } from '../../src/infra/db/database.ts'
import { engines } from '../support/databases.ts'
import { openMemoryApp } from '../support/memory-app.ts'
import { until } from '../support/until.ts'

type MemoryApp = Awaited<ReturnType<typeof openMemoryApp>>
let app: MemoryApp
afterEach(() => app.close())

const ROUNDS: Record<Engine, number> = { sqlite: 1000, mysql: 300 }
const AT_ONCE = 20
const DOOR_MS = 4500
const WECHAT_HANGS_UP_MS = 5500

const eventLoopTurns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve))
}

/** Lets every step of the trunk and of the worker wait a few turns of the event loop, so that they mix in all orders. */
const stagger = <T extends object>(store: T, names: (keyof T)[], random: () => number): void => {
  for (const name of names) {
    const step = store[name]
    if (typeof step !== 'function') throw new TypeError(`${String(name)} is no step`)
    const late = async (...given: unknown[]) => {
      await eventLoopTurns(Math.floor(random() * 8))
      return Reflect.apply(step, store, given)
    }
    Reflect.set(store, name, late)
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

const openRace = async (engine: Engine) => {
  app = await openMemoryApp(engine)
  const random = fixedRandom()
  stagger(app.turns, ['find', 'end', 'frontOfLine'], random)
  stagger(app.deliveries, ['find', 'handOver', 'closeDoor', 'startPush', 'storeParts', 'endPush'], random)
  const answers: (() => void)[] = []
  let asked = 0
  app.setModel(async function* () {
    asked += 1
    const text = `answer ${asked}`
    await new Promise<void>((resolve) => answers.push(resolve))
    yield { type: 'text', text }
  })
  await app.queue.work(app.work, AT_ONCE)

  /** Asks at once for many, then lets all answers come around the instant when the doors close. */
  const round = async (retries = 0) => {
    const messages = Array.from({ length: AT_ONCE }, () => app.incoming())
    const ask = () => {
      const now = app.clock.now()
      const here = { receivedAt: now, doorClosesAt: now + DOOR_MS }
      return Promise.all(messages.map((message) => app.trunk.receive({ ...message, ...here })))
    }
    let replies = ask()
    await until(() => answers.length === AT_ONCE)
    for (let retry = 0; retry < retries; retry += 1) {
      await app.clock.advance(WECHAT_HANGS_UP_MS)
      replies = ask()
      // Every callback has its retry's door to watch.
      await until(() => app.clock.sleeping() >= AT_ONCE * 2)
      await eventLoopTurns(20)
    }
    await app.clock.advance(DOOR_MS - 1)
    const [before = [], between = [], after = []] = Map.groupBy(answers.splice(0), () =>
      Math.floor(random() * 3),
    ).values()
    for (const answer of before) answer()
    if (random() < 0.5) await eventLoopTurns(random() * 12)
    const closing = app.clock.advance(1)
    for (const answer of between) answer()
    await closing
    await eventLoopTurns(random() * 12)
    for (const answer of after) answer()
    return { messages, replies: await replies }
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

describe.each(engines)('the answer and the deadline in the same millisecond on %s', (engine) => {
  test('make one delivery, either the reply or the push', async () => {
    const { round } = await openRace(engine)
    const ways = { replied: 0, delivered: 0 }
    for (let done = 0; done < ROUNDS[engine]; done += AT_ONCE) {
      const { messages, replies } = await round()
      await until(async () =>
        (await outcomes(messages)).every(({ status }) => ['replied', 'delivered'].includes(status)),
      )
      const ended = await outcomes(messages)
      const pushed = app.phone.splice(0)
      for (const [index, { answer, status }] of ended.entries()) {
        const shown = [...textOf(replies[index]), ...pushed.filter((text) => text === answer)]
        expect(shown).toEqual([answer])
        expect(textOf(replies[index])).toHaveLength(status === 'replied' ? 1 : 0)
        if (status === 'replied') ways.replied += 1
        else ways.delivered += 1
      }
    }
    // Both sides win their share, else this was no race.
    expect(Math.min(ways.replied, ways.delivered)).toBeGreaterThan(ROUNDS[engine] / 20)
  }, 60_000)

  test('that is the last callback of an account that may not push leave no question without a word', async () => {
    const { round } = await openRace(engine)
    app.state.mayPush = false
    const ways = { carried: 0, asked: 0 }
    for (let done = 0; done < ROUNDS[engine] / 4; done += AT_ONCE) {
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
    expect(Math.min(ways.carried, ways.asked)).toBeGreaterThan(ROUNDS[engine] / 80)
  }, 60_000)
})
