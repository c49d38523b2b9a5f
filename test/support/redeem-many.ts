import { createIds } from '../../src/base/ids.ts'
import { openDatabase } from '../../src/infra/db/database.ts'
import { createKnexCards } from '../../src/infra/db/knex-cards.ts'

/**
 * A process of its own that redeems the cards 1 to `cards` of a batch, `times` each, all at once, for one user, and
 * prints how often each outcome came. Argument: JSON.
 */
const { url, batch, cards, times, userId } = JSON.parse(process.argv[2] ?? '')

const database = openDatabase(url)
const ids = createIds(Date.now)
const store = createKnexCards(database.knex, ids)
const redeem = async (serial: number, attempt: number): Promise<string> => {
  const source = `card:${batch}:${serial}`
  const gift = { userId, kind: 'card' as const, source, calls: 5, expiresAt: undefined, reason: 'a card' }
  const use = { batch, serial, personHashes: [`hash of ${userId}`], cause: `${userId} ${serial} ${attempt}` }
  return (await store.redeem(use, gift, Date.now())).status
}
const attempts = Array.from({ length: cards * times }, (_, at) => ({
  ...{ serial: (at % cards) + 1, attempt: Math.floor(at / cards) },
}))
const outcomes = await Promise.all(attempts.map(({ serial, attempt }) => redeem(serial, attempt)))
const counts: { [status: string]: number } = {}
for (const status of outcomes) counts[status] = (counts[status] ?? 0) + 1
console.log(JSON.stringify(counts))
await database.close()
