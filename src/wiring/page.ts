import type { Clock } from '../base/clock.ts'
import type { Ids } from '../base/ids.ts'
import { ipNetwork } from '../base/ip-network.ts'
import type { Log } from '../base/log.ts'
import type { AnswerFeed } from '../conversation/answer-feed.ts'
import { createAskOnPage, pageMessageKey } from '../conversation/ask-on-page.ts'
import type { BindOwnKey } from '../conversation/bind-own-key.ts'
import type { Enqueue } from '../conversation/enqueue.ts'
import { exportData } from '../conversation/export-data.ts'
import { createFollowAnswer } from '../conversation/follow-answer.ts'
import type { Models } from '../conversation/models.ts'
import type { RedeemForUser } from '../conversation/redeem-for-user.ts'
import type { Refuse } from '../conversation/refusals.ts'
import type { SecretsInText } from '../conversation/secrets/secrets-in-text.ts'
import type { Texts } from '../conversation/texts.ts'
import type { Turns } from '../conversation/turn.ts'
import { chosenModel, usableModels } from '../conversation/usable-models.ts'
import type { PersonHash } from '../identity/person-hash.ts'
import type { User } from '../identity/user.ts'
import type { Stores } from '../infra/db/stores.ts'
import type { GiveFreeCalls } from '../quota/free-calls.ts'
import type { Rulebook } from './rulebook.ts'

export type PageParts = {
  stores: Stores
  turns: Turns
  models: Models
  rulebook: Rulebook
  feed: AnswerFeed
  texts: Texts
  personHash: PersonHash
  giveFreeCalls: GiveFreeCalls
  redeemForUser: RedeemForUser
  /** A page waits longer for a provider than a callback can. */
  bind: BindOwnKey
  refuse: Refuse
  secrets: SecretsInText
  enqueue: Enqueue
  ids: Ids
  clock: Clock
  log: Log
}

/** A key and nothing else, whatever its shape. */
const PLAIN = /^[\w.+/~:-]+$/

/** What somebody who is logged in can do on the page. */
export const openPage = (parts: PageParts) => {
  const { stores, models, personHash, ids, clock } = parts
  const { users, conversations, ownKeys, ledger } = stores
  return {
    users,
    /** By what limits count a person. */
    limitKey: personHash.limitKey,
    conversations,
    usageOf: stores.usageOf,
    /** Pasted with what stands around it, too: 「API Key：…」. */
    bind: (user: User, channel: string | undefined, text: string) => {
      const found = PLAIN.test(text.trim()) ? undefined : parts.secrets.key(text)
      return parts.bind(user, channel, found?.own ? found.key : text)
    },
    unbind: (userId: string) => ownKeys.forget(userId),
    models: {
      usableBy: (user: User) => usableModels(models, user),
      /** What a question without a model goes to, while the user's choice is offered: else the default. */
      chosenBy: (user: User) => chosenModel(models, user),
      ownKeyChannels: () => models.ownKeyChannels(),
    },
    /** What is due for nothing included. */
    async balanceOf(user: User, now: number) {
      await parts.giveFreeCalls(user.id, personHash.candidates(user), now)
      return ledger.balance(user.id, now)
    },
    /** The key may stand in a shop's message. `act`: an idempotency key of the user's, if there is one. Wrong tries are counted by address as well. */
    redeem: (user: User, text: string, act: string | undefined, ip: string, now: number) =>
      parts.redeemForUser(user, parts.secrets.cards(text).genuine[0] ?? text, {
        cause: pageMessageKey(act === undefined ? ids.next('trc') : `${user.id} ${act}`),
        triedFrom: [`ip:${ipNetwork(ip)}`],
        now,
      }),
    /** What a name may not hold, as a question may not. */
    secretIn: (text: string) => parts.secrets.kindIn(text),
    ask: createAskOnPage({ ...parts, conversations, ask: parts.rulebook.ask }),
    follow: createFollowAnswer({ ...parts, conversations }),
    /** False when it had ended. */
    stop: async (userId: string, turnId: string) => (await parts.turns.requestStop(userId, turnId)) > 0,
    exportOf: (userId: string) => exportData(stores, userId, clock.now()),
    erase: (user: User) => stores.erase(user, 'forgotten', clock.now()),
  }
}

export type Page = ReturnType<typeof openPage>
