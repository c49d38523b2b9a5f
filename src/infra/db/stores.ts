import type { Knex } from 'knex'
import type { Ids } from '../../base/ids.ts'
import type { PersonHash } from '../../identity/person-hash.ts'
import { createForgetFreeEnds } from './free-ends.ts'
import { createKnexAccountFacts } from './knex-account-facts.ts'
import { createKnexCards } from './knex-cards.ts'
import { createKnexConversations } from './knex-conversations.ts'
import { createKnexDeliveries } from './knex-deliveries.ts'
import { createKnexElections } from './knex-elections.ts'
import { createKnexErase } from './knex-erase.ts'
import { createForgetErasures, createKnexFactsSince } from './knex-facts.ts'
import { createKnexForgetLogins } from './knex-forget-logins.ts'
import { createKnexGuessGate } from './knex-guess-gate.ts'
import { createKnexInbox } from './knex-inbox.ts'
import { createKnexLedger } from './knex-ledger.ts'
import { createKnexLoginCodes } from './knex-login-codes.ts'
import { createKnexLoginTickets } from './knex-login-tickets.ts'
import { createKnexOauthStates } from './knex-oauth-states.ts'
import { createKnexOwnKeys } from './knex-own-keys.ts'
import { createKnexPersonalData } from './knex-personal-data.ts'
import { createKnexPushLedger } from './knex-push-ledger.ts'
import { createKnexRefusals } from './knex-refusals.ts'
import { createKnexRetention } from './knex-retention.ts'
import { createKnexSessions } from './knex-sessions.ts'
import { createKnexTurns } from './knex-turns.ts'
import { createKnexUsage } from './knex-usage.ts'
import { createKnexUsers } from './knex-users.ts'

/** Everything that is kept in the database. */
export const openStores = (knex: Knex, ids: Ids, personHash: PersonHash) => ({
  inbox: createKnexInbox(knex, personHash),
  users: createKnexUsers(knex, ids, personHash),
  erase: createKnexErase(knex, personHash),
  ownKeys: createKnexOwnKeys(knex),
  turns: createKnexTurns(knex, personHash),
  conversations: createKnexConversations(knex, ids, personHash),
  deliveries: createKnexDeliveries(knex, personHash),
  pushes: createKnexPushLedger(knex),
  elections: createKnexElections(knex),
  facts: createKnexAccountFacts(knex),
  ledger: createKnexLedger(knex, ids),
  forgetFreeEnds: createForgetFreeEnds(knex),
  cards: createKnexCards(knex, ids),
  refusals: createKnexRefusals(knex),
  factsSince: createKnexFactsSince(knex),
  forgetErasures: createForgetErasures(knex),
  retention: createKnexRetention(knex, personHash),
  usageOf: createKnexUsage(knex),
  personalData: createKnexPersonalData(knex),
  sessions: createKnexSessions(knex),
  loginTickets: createKnexLoginTickets(knex),
  loginCodes: createKnexLoginCodes(knex),
  loginGate: createKnexGuessGate(knex, 'login'),
  oauthStates: createKnexOauthStates(knex),
  forgetLogins: createKnexForgetLogins(knex),
})

export type Stores = ReturnType<typeof openStores>
