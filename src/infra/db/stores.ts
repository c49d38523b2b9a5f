import type { Knex } from 'knex'
import type { Ids } from '../../base/ids.ts'
import type { PersonHash } from '../../identity/person-hash.ts'
import { createKnexAccountFacts } from './knex-account-facts.ts'
import { createKnexCards } from './knex-cards.ts'
import { createKnexDeliveries } from './knex-deliveries.ts'
import { createKnexElections } from './knex-elections.ts'
import { createKnexErase } from './knex-erase.ts'
import { createKnexInbox } from './knex-inbox.ts'
import { createKnexLedger } from './knex-ledger.ts'
import { createKnexOwnKeys } from './knex-own-keys.ts'
import { createKnexPushLedger } from './knex-push-ledger.ts'
import { createKnexRefusals } from './knex-refusals.ts'
import { createKnexTurns } from './knex-turns.ts'
import { createKnexUsers } from './knex-users.ts'

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
