import type { Config } from '../base/config.ts'
import type { Ask } from '../conversation/ask.ts'
import type { BindOwnKey } from '../conversation/bind-own-key.ts'
import type { Deliveries } from '../conversation/delivery.ts'
import type { Incoming, Outcome } from '../conversation/incoming.ts'
import type { LoginNotices } from '../conversation/login-notices.ts'
import type { Models } from '../conversation/models.ts'
import type { Known, Question } from '../conversation/question.ts'
import type { RateLimits } from '../conversation/rate-limits.ts'
import type { RedeemForUser } from '../conversation/redeem-for-user.ts'
import type { Refuse } from '../conversation/refusals.ts'
import { createRulebook, type Rule } from '../conversation/rulebook.ts'
import { allowlisted } from '../conversation/rules/allowlisted.ts'
import { asQuestion } from '../conversation/rules/as-question.ts'
import { balance } from '../conversation/rules/balance.ts'
import { bindKey } from '../conversation/rules/bind-key.ts'
import { blocked } from '../conversation/rules/blocked.ts'
import { chooseModel } from '../conversation/rules/choose-model.ts'
import { follow } from '../conversation/rules/follow.ts'
import { forgetMe, forgottenAlready } from '../conversation/rules/forget-me.ts'
import { help } from '../conversation/rules/help.ts'
import { knownUser } from '../conversation/rules/known-user.ts'
import { login } from '../conversation/rules/login.ts'
import { logout } from '../conversation/rules/logout.ts'
import { modelAccess } from '../conversation/rules/model-access.ts'
import { more } from '../conversation/rules/more.ts'
import { nearMiss } from '../conversation/rules/near-miss.ts'
import { newConversation } from '../conversation/rules/new-conversation.ts'
import { onlyText } from '../conversation/rules/only-text.ts'
import { question } from '../conversation/rules/question.ts'
import { questionLength } from '../conversation/rules/question-length.ts'
import { quota } from '../conversation/rules/quota.ts'
import { rate } from '../conversation/rules/rate.ts'
import { redeemCard } from '../conversation/rules/redeem-card.ts'
import { retry } from '../conversation/rules/retry.ts'
import { scan } from '../conversation/rules/scan.ts'
import { secrets } from '../conversation/rules/secrets.ts'
import { stop } from '../conversation/rules/stop.ts'
import { tellLogins } from '../conversation/rules/tell-logins.ts'
import { unbindKey } from '../conversation/rules/unbind-key.ts'
import { words } from '../conversation/rules/words.ts'
import type { SecretsInText } from '../conversation/secrets/secrets-in-text.ts'
import type { Turns } from '../conversation/turn.ts'
import type { Erase } from '../identity/erasure.ts'
import type { LoginCodes } from '../identity/login-codes.ts'
import type { LoginTickets } from '../identity/login-tickets.ts'
import type { OwnKeys } from '../identity/own-keys.ts'
import type { PersonHash } from '../identity/person-hash.ts'
import type { Sessions } from '../identity/sessions.ts'
import type { Users } from '../identity/user.ts'
import type { GiveFreeCalls } from '../quota/free-calls.ts'
import type { Ledger } from '../quota/ledger.ts'
import type { LiveFiles } from './live-files.ts'

export type RulebookParts = {
  config: Pick<Config, 'RATE_PER_MINUTE'>
  users: Users
  turns: Turns
  deliveries: Deliveries
  ledger: Ledger
  ownKeys: OwnKeys
  models: Models
  limits: RateLimits
  personHash: PersonHash
  files: Omit<LiveFiles, 'stop'>
  ask: Ask
  bind: BindOwnKey
  erase: Erase
  giveFreeCalls: GiveFreeCalls
  redeemForUser: RedeemForUser
  refuse: Refuse
  countTokens: (text: string) => Promise<number>
  secrets: SecretsInText
  codes: LoginCodes
  tickets: LoginTickets
  sessions: Sessions
  loginNotices: LoginNotices
  /** Where codes are typed. */
  page: string
  pageIsOpen: boolean
}

export type Rulebook = {
  /** Whatever somebody says or does in WeChat. */
  receive: (incoming: Incoming) => Promise<Outcome>
  /** The same for what somebody had said who has been erased since. */
  receiveSpent: (incoming: Incoming) => Promise<Outcome>
  /** A question that is known to be one: the page has other ways for commands. */
  ask: (question: Question) => Promise<Outcome>
}

/**
 * Three lists, each for what the one before has made sure of: anybody's message, a known user's, a question. Commands
 * stand before guards, so that who is at a limit can still get help, redeem and bind.
 */
export const openRulebook = (parts: RulebookParts): Rulebook => {
  const { config, files, ask, limits } = parts
  const common = { ...parts, texts: files.texts }

  const guards: Rule<Question>[] = [
    allowlisted((userId, openid) => files.allowlist().has(userId, openid)),
    rate({ ...common, limits, perMinute: config.RATE_PER_MINUTE }),
    secrets(common),
    words({ ...common, matcher: files.matcher }),
    modelAccess(common),
    questionLength(common),
    quota(common),
    question(ask),
  ]
  const guarded = createRulebook(guards)
  const known = createRulebook<Known>([
    blocked(common),
    tellLogins(common),
    scan(common),
    login(common),
    logout(common),
    balance(common),
    redeemCard(common),
    bindKey(common),
    unbindKey(common),
    chooseModel(common),
    newConversation(common),
    more({ ...common, guarded }),
    stop(common),
    retry({ ...common, guarded }),
    nearMiss(common),
    asQuestion(guarded),
  ])
  const receive = createRulebook<Incoming>([
    follow(common),
    forgetMe(common),
    help(files.texts),
    onlyText(files.texts),
    knownUser(parts.users, known),
  ])
  const receiveSpent = createRulebook<Incoming>([forgottenAlready(files.texts)])
  return { receive, receiveSpent, ask: createRulebook([blocked(common), ...guards]) }
}
