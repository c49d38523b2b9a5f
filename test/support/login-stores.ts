import { afterAll, beforeAll } from '@jest/globals'
import { createIds } from '../../src/base/ids.ts'
import type { Engine } from '../../src/infra/db/database.ts'
import { openStores } from '../../src/infra/db/stores.ts'
import { openTestDatabase } from './databases.ts'
import { testPersonHash } from './person-hash.ts'

export const T0 = 1_760_000_000_000
export const MINUTE_MS = 60_000
export const DAY_MS = 86_400_000
export const HASH = 'h'.repeat(43)

/** For the tests of this `describe`: a database of their own, and people who have nothing in it but themselves. */
export const useLoginStores = (engine: Engine) => {
  let opened: Awaited<ReturnType<typeof openTestDatabase>>
  beforeAll(async () => {
    opened = await openTestDatabase(engine)
  })
  afterAll(() => opened.drop())
  const ids = createIds(() => T0)
  const stores = () => openStores(opened.knex, ids, testPersonHash)
  let count = 0
  return {
    ids,
    stores,
    knex: () => opened.knex,
    somebody() {
      count += 1
      return stores().users.ensure({ account: 'gh_1', openid: `oLogin${count}` }, T0)
    },
  }
}
