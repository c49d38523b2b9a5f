import { createIds } from '../../src/base/ids.ts'
import { openDatabase } from '../../src/infra/db/database.ts'
import { createKnexTurns } from '../../src/infra/db/knex-turns.ts'
import { testPersonHash } from './person-hash.ts'

/**
 * A process that asks on behalf of one user: `asking-process.ts DATABASE_URL USER_ID NAME COUNT ends|asks`. It writes a
 * line for each question, `ok` or the reason of its refusal; with `ends`, every other accepted one is answered or fails.
 */
const [url = '', userId = '', name = '', count = '0', mode = 'asks'] = process.argv.slice(2)

const { knex, close } = openDatabase(url)
const turns = createKnexTurns(knex, testPersonHash)
const ids = createIds(Date.now)
const user = await knex('users').where({ id: userId }).first()

const ask = async (number: number): Promise<void> => {
  const now = Date.now()
  const begun = await turns.begin({
    ...{ id: ids.next('trn'), userId, conversationId: user.conversation_id, question: 'x' },
    incoming: {
      person: { account: user.account, openid: user.openid },
      ...{ messageKey: `m:${name}${number}`, said: { kind: 'text', text: 'x' } },
      ...{ receivedAt: now, doorClosesAt: now + 1 },
    },
    ...{ cost: { model: 'm', price: 1, ownKey: false }, maxWaiting: 100_000 },
  })
  console.log(begun.ok ? 'ok' : begun.reason)
  if (!begun.ok || mode !== 'ends') return
  const claimed = await turns.claim(begun.id, now, now + 1000)
  if (!claimed) throw new Error('a turn of its own could not be claimed')
  if (number % 2 === 0) await turns.end(begun.id, claimed.attempt, FAILED, now)
  else await turns.end(begun.id, claimed.attempt, ANSWERED, now)
}

const FAILED = { status: 'failed', failure: 'model-failed', refusalCode: 'X' } as const
const ANSWERED = {
  ...({ status: 'answered', ending: 'whole', answer: 'a', channel: 'c', model: 'm' } as const),
  usage: undefined,
}

console.log('ready')
await new Promise((resolve) => process.stdin.once('data', resolve))
for (let from = 0; from < Number(count); from += 10)
  await Promise.all(Array.from({ length: 10 }, (_, index) => ask(from + index)))
await close()
process.exit(0)
