import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import type { Incoming, Reply } from '../../src/conversation/incoming.ts'
import { openMemoryApp } from '../support/memory-app.ts'
import { until } from '../support/until.ts'

type MemoryApp = Awaited<ReturnType<typeof openMemoryApp>>
let app: MemoryApp
beforeEach(async () => {
  app = await openMemoryApp()
})
afterEach(() => app.close())

const says = (text: string) =>
  app.setModel(async function* () {
    yield { type: 'text', text }
  })
const person = { account: 'gh', openid: 'o-one' }
const tell = (text: string, more: Partial<Incoming> = {}): Promise<Reply> =>
  app.trunk.receive(app.incoming({ person, said: { kind: 'text', text }, ...more }))

/** A question whose door has closed; nobody works on it. */
const asked = async (text = '问'): Promise<string> => {
  const sleeping = app.clock.sleeping()
  const reply = tell(text)
  await until(() => app.clock.sleeping() > sleeping)
  await app.clock.advance(4500)
  expect(await reply).toEqual({ kind: 'none' })
  return (await app.last()).id
}

describe('an account that may not push', () => {
  beforeEach(() => {
    app.state.mayPush = false
  })

  /** WeChat sends it three times; the third callback says that it is still being thought about. */
  const askedThrice = async (): Promise<string> => {
    const incoming = app.incoming({ person })
    for (const waitMs of [5500, 5500, 4500]) {
      const now = app.clock.now()
      const sleeping = app.clock.sleeping()
      const reply = app.trunk.receive({ ...incoming, receivedAt: now, doorClosesAt: now + 4500 })
      await until(() => app.clock.sleeping() > sleeping)
      await app.clock.advance(waitMs)
      const carried = await reply
      if (waitMs === 4500) expect(carried).toMatchObject({ text: expect.stringContaining('还在想') })
    }
    return (await app.last()).id
  }

  test('forgets a question that was stopped before a word was said', async () => {
    const stopped = await askedThrice()
    expect(await tell('停止')).toMatchObject({ text: expect.stringContaining('停下') })
    await app.work(stopped)
    expect(await tell('继续')).toMatchObject({ text: expect.stringContaining('没有还没看完的回答') })
    const second = await askedThrice()
    await app.work(second)
    expect(await tell('继续')).toEqual({ kind: 'text', text: 'answer' })
  })
})

describe('a worker that died', () => {
  const long = Array.from({ length: 3 }, (_, index) => `${index}${'长'.repeat(500)}`).join('\n\n')

  test.each([1, 2, 3])(
    'after part %i of 3 leaves the rest to the next one, and nothing held',
    async (died) => {
      const id = await asked()
      says(long)
      const { partSent } = app.deliveries
      app.deliveries.partSent = async (turnId, sent, now, leaseUntil) => {
        await partSent(turnId, sent, now, leaseUntil)
        if (sent === died) throw new Error('killed')
        return true
      }
      await expect(app.work(id)).rejects.toThrow('killed')
      app.deliveries.partSent = partSent
      await app.clock.advance(10_000)
      expect(await app.deliveries.due(app.clock.now(), 10)).toEqual([id])
      await app.work(id)
      expect(app.phone.map(([first]) => first)).toEqual(['0', '1', '2'])
      expect((await app.last()).delivery).toMatchObject({ status: 'delivered', partsSent: 3 })
    },
  )

  test('before it confirmed a part repeats that part alone', async () => {
    const id = await asked()
    says(long)
    const { partSent } = app.deliveries
    app.deliveries.partSent = async (turnId, sent, now, leaseUntil) => {
      if (sent === 2) throw new Error('killed')
      return partSent(turnId, sent, now, leaseUntil)
    }
    await expect(app.work(id)).rejects.toThrow('killed')
    app.deliveries.partSent = partSent
    await app.clock.advance(10_000)
    await app.work(id)
    expect(app.phone.map(([first]) => first)).toEqual(['0', '1', '1', '2'])
  })
})

describe('a retry that two processes decide', () => {
  test('is not added to the question it asked itself', async () => {
    const incoming = app.incoming({ person })
    const reply = app.trunk.receive(incoming)
    await until(() => app.clock.sleeping() > 0)
    const { id } = await app.last()
    expect(await app.turns.append(id, '问', incoming)).toBe(false)
    expect((await app.last()).turn).toMatchObject({ question: '问' })
    expect(await app.turns.append(id, '再', app.incoming({ person }))).toBe(true)
    expect((await app.last()).turn).toMatchObject({ question: '问\n再' })
    await app.clock.advance(4500)
    await reply
  })
})
