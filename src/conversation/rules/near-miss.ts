import type { Users } from '../../identity/user.ts'
import { nearCommand } from '../near-command.ts'
import type { Known } from '../question.ts'
import type { Rule } from '../rulebook.ts'
import { tapTo } from '../texts/template.ts'
import type { Texts } from '../texts.ts'

/** Whoever sends it again within this time means it. */
const AGAIN_WITHIN_MS = 10 * 60_000

/** A short text that is nearly a command is asked back, for nothing; sent again it is a question. */
export const nearMiss = (parts: {
  users: Pick<Users, 'askBack'>
  texts: Pick<Texts, 'didYouMean'>
}): Rule<Known> =>
  async function nearMiss({ said, user, messageKey, receivedAt }, next) {
    const word = said.kind === 'text' ? nearCommand(said.text) : undefined
    if (said.kind !== 'text' || word === undefined) return next()
    const text = said.text.trim()
    const { askedBack } = user
    const isAgain =
      askedBack !== undefined &&
      askedBack.text === text &&
      // Not WeChat's retry of the very same message.
      askedBack.messageKey !== messageKey &&
      receivedAt - askedBack.at <= AGAIN_WITHIN_MS
    if (isAgain) return next()
    await parts.users.askBack(user.id, { text, messageKey, at: receivedAt })
    return { kind: 'say', text: parts.texts.didYouMean(word, tapTo(word)) }
  }
