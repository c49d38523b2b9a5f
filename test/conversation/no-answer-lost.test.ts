import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type Incoming, REPLY_SENT, type Reply } from '../../src/conversation/incoming.ts'
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

describe('a push that WeChat takes long to confirm', () => {
  test('keeps its lease, so that no other worker sends it too', async () => {
    const id = await asked()
    const { sendText } = app.messenger
    let confirm: (() => void) | undefined
    app.messenger.sendText = async (openid, text) => {
      await new Promise<void>((resolve) => {
        confirm = resolve
      })
      return sendText(openid, text)
    }
    const working = app.work(id)
    await until(() => confirm !== undefined)
    for (let renewals = 0; renewals < 9; renewals += 1) {
      await app.clock.advance(3400)
      const soon = app.clock.now() + 6000
      await until(async () => (await app.deliveries.due(soon, 10)).length === 0)
      await app.work(id)
    }
    confirm?.()
    await working
    expect(app.phone).toEqual(['answer'])
    expect((await app.last()).delivery).toMatchObject({ status: 'delivered' })
  })
})

describe('a callback that broke off', () => {
  test('before the answer came leaves it to the next callback of the same message', async () => {
    const gone = new AbortController()
    const incoming = app.incoming({ person })
    const sleeping = app.clock.sleeping()
    const reply = app.trunk.receive({ ...incoming, gone: gone.signal })
    await until(() => app.clock.sleeping() > sleeping)
    gone.abort()
    expect(await reply).toEqual({ kind: 'none' })
    const again = app.trunk.receive(incoming)
    await until(() => app.clock.sleeping() > sleeping)
    await app.queue.work(app.work, 1)
    const carried = await again
    await until(async () => ['replied', 'delivered'].includes((await app.last()).delivery?.status ?? ''))
    expect([...app.phone, ...(carried.kind === 'text' ? [carried.text] : [])]).toEqual(['answer'])
  })

  test('as the answer came, and did not come again, has it pushed', async () => {
    const gone = new AbortController()
    says('好')
    const reply = app.trunk.receive(app.incoming({ person, gone: gone.signal }))
    await until(() => app.clock.sleeping() > 0)
    const { end } = app.turns
    app.turns.end = async (...given) => {
      const ended = await end(...given)
      gone.abort()
      return ended
    }
    const { id } = await app.last()
    await app.work(id)
    expect(await reply).toEqual({ kind: 'hang' })
    expect(app.phone).toEqual([])
    await app.clock.advance(4500)
    expect(await app.deliveries.due(app.clock.now(), 10)).toEqual([id])
    await app.work(id)
    expect(app.phone).toEqual(['好'])
  })

  test('after the answer was handed over gives the same words to the next one', async () => {
    await app.queue.work(app.work, 1)
    const incoming = app.incoming({ person })
    expect(await app.trunk.receive(incoming)).toEqual({ kind: 'text', text: 'answer' })
    expect(await app.trunk.receive(incoming)).toEqual({ kind: 'text', text: 'answer' })
    expect(app.phone).toEqual([])
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
    const added = app.incoming({ person })
    const key = { ...added.person, message_key: added.messageKey, received_at: added.receivedAt }
    await app.knex('inbound_messages').insert(key)
    expect(await app.turns.append(id, '再', added)).toBe(true)
    expect((await app.last()).turn).toMatchObject({ question: '问\n再' })
    await app.clock.advance(4500)
    await reply
  })
})

describe('a process that died after it handed the answer over', () => {
  const handedOver = async (more: Partial<Incoming> = {}): Promise<Incoming> => {
    const incoming = app.incoming({ person, gone: new AbortController().signal, ...more })
    const reply = app.trunk.receive(incoming)
    await until(() => app.clock.sleeping() > 0)
    await app.work((await app.last()).id)
    expect(await reply).toEqual({ kind: 'text', text: 'answer' })
    return incoming
  }

  test('and before the reply had left has the answer pushed', async () => {
    await handedOver()
    await app.clock.advance(20_000)
    expect(await app.deliveries.takeBackReplies(app.clock.now())).toBe(1)
    const { id } = await app.last()
    expect(await app.deliveries.due(app.clock.now(), 10)).toEqual([id])
    await app.work(id)
    expect(app.phone).toEqual(['answer'])
    expect((await app.last()).delivery).toMatchObject({ status: 'delivered' })
  })

  test('or whose reply WeChat hung up on has it pushed as well', async () => {
    const closing = new AbortController()
    await handedOver({ gone: closing.signal })
    closing.abort()
    await app.clock.advance(20_000)
    expect(await app.deliveries.takeBackReplies(app.clock.now())).toBe(1)
  })

  test('of which WeChat takes none at its last try has it pushed at once', async () => {
    const closing = new AbortController()
    const incoming = app.incoming({ person, gone: closing.signal })
    await app.knex('inbound_messages').insert({
      ...{ ...person, message_key: incoming.messageKey, received_at: app.clock.now(), attempts: 2 },
    })
    const reply = app.trunk.receive(incoming)
    await until(() => app.clock.sleeping() > 0)
    await app.turns.claim((await app.last()).id, app.clock.now(), app.clock.now() + 1000)
    const said = { status: 'answered', ending: 'whole', answer: '好', channel: 'c', model: 'm' } as const
    await app.turns.end((await app.last()).id, 1, { ...said, usage: undefined }, app.clock.now())
    closing.abort()
    expect(await reply).toEqual({ kind: 'hang' })
    expect((await app.last()).delivery).toMatchObject({ status: 'late' })
    await app.work((await app.last()).id)
    expect(app.phone).toEqual(['好'])
  })

  test.each(['the reply has left', 'a later callback carried the same'])(
    'but %s sends nothing more',
    async (how) => {
      const closing = new AbortController()
      const incoming = await handedOver(how === 'the reply has left' ? { gone: closing.signal } : {})
      if (how !== 'the reply has left') await app.trunk.receive({ ...incoming, gone: closing.signal })
      closing.abort(REPLY_SENT)
      await until(async () => (await app.knex('deliveries').first('due_at')).due_at === 0)
      await app.clock.advance(20_000)
      expect(await app.deliveries.takeBackReplies(app.clock.now())).toBe(0)
    },
  )
})
