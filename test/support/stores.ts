import { afterAll, beforeAll } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import type { Incoming } from '../../src/conversation/incoming.ts'
import type { NewTurn } from '../../src/conversation/turn.ts'
import type { Engine } from '../../src/infra/db/database.ts'
import { createKnexDeliveries } from '../../src/infra/db/knex-deliveries.ts'
import { createKnexElections } from '../../src/infra/db/knex-elections.ts'
import { createKnexErase } from '../../src/infra/db/knex-erase.ts'
import { createKnexInbox } from '../../src/infra/db/knex-inbox.ts'
import { createKnexPushLedger } from '../../src/infra/db/knex-push-ledger.ts'
import { createKnexTurns } from '../../src/infra/db/knex-turns.ts'
import { createKnexUsers } from '../../src/infra/db/knex-users.ts'
import { openTestDatabase } from './databases.ts'
import { testPersonHash } from './person-hash.ts'

export const T0 = 1_760_000_000_000

/** The stores on a database of their own, and what fills them, for the tests of one `describe`. */
export const useStores = (engine: Engine) => {
  let opened: Awaited<ReturnType<typeof openTestDatabase>>
  const ids = createIds(() => T0)
  const stores = () => {
    const { knex } = opened
    return {
      ids,
      inbox: createKnexInbox(knex, testPersonHash),
      users: createKnexUsers(knex, ids, testPersonHash),
      erase: createKnexErase(knex, testPersonHash),
      turns: createKnexTurns(knex, testPersonHash),
      deliveries: createKnexDeliveries(knex, testPersonHash),
      ledger: createKnexPushLedger(knex),
      elections: createKnexElections(knex),
    }
  }
  beforeAll(async () => {
    opened = await openTestDatabase(engine)
  })
  afterAll(() => opened.drop())

  let count = 0
  const somebody = () => {
    count += 1
    return { account: 'gh_1', openid: `oUser${count}` }
  }
  const message = (more: Partial<Incoming> = {}): Incoming => ({
    person: somebody(),
    messageKey: 'm:1',
    said: { kind: 'text', text: '你好 😀' },
    receivedAt: T0,
    doorClosesAt: T0 + 4500,
    ...more,
  })
  const newTurn = async (incoming = message(), more: Partial<NewTurn> = {}): Promise<NewTurn> => {
    const { users, ids, inbox } = stores()
    await inbox.open(incoming)
    const user = await users.ensure(incoming.person, T0)
    const turn = { id: ids.next('trn'), userId: user.id, conversationId: user.conversationId }
    const cost = { model: undefined, price: 0, ownKey: false }
    return { ...turn, question: '你好 😀', incoming, cost, maxWaiting: 3, ...more }
  }
  const begun = async () => {
    const turn = await newTurn()
    await stores().turns.begin(turn)
    return turn
  }
  const whole = {
    ...({ status: 'answered', ending: 'whole', answer: '好' } as const),
    ...{ channel: 'c', model: 'm', usage: undefined },
  }
  const answeredTurn = async (incoming = message()): Promise<NewTurn> => {
    const { turns } = stores()
    const turn = await newTurn(incoming)
    await turns.begin(turn)
    await turns.claim(turn.id, T0, T0 + 1000)
    await turns.end(turn.id, 1, whole, T0)
    return turn
  }
  const answered = async (): Promise<string> => (await answeredTurn()).id

  return {
    knex: () => opened.knex,
    ids,
    stores,
    somebody,
    message,
    newTurn,
    begun,
    whole,
    answeredTurn,
    answered,
  }
}
