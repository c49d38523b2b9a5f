import { afterEach, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { SendResult } from '../../src/conversation/messenger.ts'
import { createTidy } from '../../src/conversation/tidy.ts'
import { openMemoryApp, T0 } from '../support/memory-app.ts'
import { runs } from '../support/runs.ts'
import { until } from '../support/until.ts'

const PERSON = { account: 'gh', openid: 'o-one' }
const GIVEN = 60
const DAY_MS = 86_400_000

type Act =
  | { act: 'ask'; price: number; answers: 'well' | 'long' | 'fails' | 'breaks off'; push: SendResult[] }
  | { act: '继续' | '停止' | '重答' }
  | { act: 'wait'; days: number }

const pushes = fc.array(
  fc.constantFrom<SendResult>(
    { ok: true },
    { ok: false, next: 'hold', reason: 'errcode 45047' },
    { ok: false, next: 'give-up', reason: 'errcode 43004' },
  ),
  { maxLength: 3 },
)
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({
    act: fc.constant('ask' as const),
    price: fc.integer({ min: 1, max: 3 }),
    answers: fc.constantFrom('well' as const, 'long' as const, 'fails' as const, 'breaks off' as const),
    push: pushes,
  }),
  fc.record({ act: fc.constantFrom('继续' as const, '停止' as const, '重答' as const) }),
  fc.record({ act: fc.constant('wait' as const), days: fc.constantFrom(0.5, 9) }),
)

type MemoryApp = Awaited<ReturnType<typeof openMemoryApp>>
let app: MemoryApp | undefined
afterEach(async () => app?.close())

/** One user's life with one worker; every door closes before its answer is there. */
const live = async (acts: Act[]): Promise<void> => {
  const opened = await openMemoryApp()
  app = opened
  const { clock, stores, trunk, state } = opened
  const user = await stores.users.ensure(PERSON, T0)
  const gift = { userId: user.id, kind: 'card', source: 'x', calls: GIVEN, expiresAt: undefined } as const
  await stores.ledger.give({ ...gift, reason: 'test' }, T0)
  const tidy = createTidy({ ...stores, clock, log: { error() {}, warn() {}, info() {}, debug() {} } })

  const say = async (text: string): Promise<void> => {
    const replied = trunk.receive(opened.incoming({ person: PERSON, said: { kind: 'text', text } }))
    let open = true
    void replied.finally(() => {
      open = false
    })
    await until(() => !open || clock.sleeping() > 0)
    while (open) await clock.advance(4500)
    await replied
  }
  const workOnAll = async (): Promise<void> => {
    for (let id = await front(); id; id = await front()) {
      const working = opened.work(id)
      let busy = true
      void working.finally(() => {
        busy = false
      })
      while (busy) await clock.advance(1000)
      await working
    }
  }
  const front = async (): Promise<string | undefined> => {
    const id = await opened.turns.frontOfLine(user.id)
    const delivery = id === undefined ? undefined : await opened.deliveries.find(id)
    return delivery && ['pending', 'late', 'pushing'].includes(delivery.status) ? id : undefined
  }

  for (const each of acts) {
    if (each.act === 'wait') {
      await clock.advance(each.days * DAY_MS)
      await tidy()
      continue
    }
    if (each.act === 'ask') {
      state.price = each.price
      opened.results.splice(0, Number.POSITIVE_INFINITY, ...each.push)
      opened.setModel(async function* () {
        if (each.answers === 'fails') throw new Error('no model today')
        yield { type: 'text', text: each.answers === 'long' ? '长的回答。'.repeat(400) : '好' }
        if (each.answers === 'breaks off') throw new Error('broke off')
      })
    }
    await say(each.act === 'ask' ? '问' : each.act)
    await workOnAll()
  }

  const turns = await opened.knex('turns').select('status', 'charged', 'price', 'failure')
  expect(turns.filter(({ status }) => !['answered', 'failed'].includes(status))).toEqual([])
  expect(turns.filter(({ status, charged }) => status === 'failed' && Boolean(charged))).toEqual([])
  const charged = turns.reduce((sum, turn) => sum + (turn.charged ? turn.price : 0), 0)
  expect(await stores.ledger.reconcile(clock.now(), true)).toEqual({ differences: [], strays: [] })
  expect((await stores.ledger.balance(user.id, clock.now())).remaining).toBe(GIVEN - charged)
  const deliveries = await opened.knex('deliveries').pluck('status')
  expect(deliveries.filter((status) => ['pending', 'late', 'pushing'].includes(status))).toEqual([])
  await opened.close()
  app = undefined
}

test('a user pays for what they were answered, whatever happens on the way', async () => {
  const property = fc.asyncProperty(fc.array(anyAct, { maxLength: 8 }), live)
  await fc.assert(property, { numRuns: runs(25, 100) })
}, 3_600_000)
