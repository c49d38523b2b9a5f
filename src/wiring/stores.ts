import type { Knex } from 'knex'
import type { Ids } from '../base/ids.ts'
import type { PersonHash } from '../identity/person-hash.ts'
import { createKnexAccountFacts } from '../infra/db/knex-account-facts.ts'
import { createKnexCards } from '../infra/db/knex-cards.ts'
import { createKnexDeliveries } from '../infra/db/knex-deliveries.ts'
import { createKnexElections } from '../infra/db/knex-elections.ts'
import { createKnexErase } from '../infra/db/knex-erase.ts'
import { createKnexInbox } from '../infra/db/knex-inbox.ts'
import { createKnexLedger } from '../infra/db/knex-ledger.ts'
import { createKnexOwnKeys } from '../infra/db/knex-own-keys.ts'
import { createKnexPushLedger } from '../infra/db/knex-push-ledger.ts'
import { createKnexRefusals } from '../infra/db/knex-refusals.ts'
import { createKnexTurns } from '../infra/db/knex-turns.ts'
import { createKnexUsers } from '../infra/db/knex-users.ts'

/** Everything that is kept in the database. */
export const openStores = (knex: Knex, ids: Ids, personHash: PersonHash) => ({
  inbox: createKnexInbox(knex),
  users: createKnexUsers(knex, ids, personHash),
  erase: createKnexErase(knex, personHash),
  ownKeys: createKnexOwnKeys(knex),
  turns: createKnexTurns(knex),
  deliveries: createKnexDeliveries(knex),
  pushes: createKnexPushLedger(knex),
  elections: createKnexElections(knex),
  facts: createKnexAccountFacts(knex),
  ledger: createKnexLedger(knex, ids),
  cards: createKnexCards(knex, ids),
  refusals: createKnexRefusals(knex),
})

export type Stores = ReturnType<typeof openStores>
