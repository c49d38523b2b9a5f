import { shanghaiDate } from '../../base/shanghai-day.ts'
import type { PersonHash } from '../../identity/person-hash.ts'
import type { GiveFreeCalls } from '../../quota/free-calls.ts'
import type { Balance, Ledger } from '../../quota/ledger.ts'
import { isCommand } from '../command-words.ts'
import { COMMANDS } from '../commands.ts'
import type { Known } from '../question.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

type BalanceTexts = Pick<
  Texts,
  'quotaTotal' | 'quotaGrant' | 'quotaGrantForever' | 'grantKinds' | 'quotaOwnKey' | 'quotaNone'
>

/** More lines than this are no answer to "how much". */
const MAX_LINES = 8

/** 额度: what is left, of what kind, until when. */
export const balance = (parts: {
  ledger: Pick<Ledger, 'balance'>
  giveFreeCalls: GiveFreeCalls
  personHash: PersonHash
  texts: BalanceTexts
}): Rule<Known> =>
  async function balance({ said, user, person, receivedAt }, next) {
    if (!isCommand(said, COMMANDS.balance)) return next()
    await parts.giveFreeCalls(user.id, parts.personHash.candidates(person), receivedAt)
    const held = await parts.ledger.balance(user.id, receivedAt)
    const own = user.ownKey ? [parts.texts.quotaOwnKey(user.ownKey.channel, user.ownKey.tail)] : []
    return { kind: 'say', text: [...own, ...linesOf(held, parts.texts)].join('\n') }
  }

const linesOf = ({ remaining, grants }: Balance, texts: BalanceTexts): string[] => {
  if (remaining === 0) return [texts.quotaNone]
  const lines = grants.slice(0, MAX_LINES).map(({ kind, remaining: left, expiresAt }) =>
    expiresAt === undefined
      ? texts.quotaGrantForever(texts.grantKinds[kind], left)
      : // The last day it can be spent on: what ends at midnight ends with the day before.
        texts.quotaGrant(texts.grantKinds[kind], left, shanghaiDate(expiresAt - 1)),
  )
  return [texts.quotaTotal(remaining), ...lines]
}
