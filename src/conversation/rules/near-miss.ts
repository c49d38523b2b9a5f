import type { Users } from '../../identity/user.ts'
import { nearCommand } from '../near-command.ts'
import type { Known } from '../question.ts'
import type { Rule } from '../rulebook.ts'
import { tapTo } from '../texts/template.ts'
import type { Texts } from '../texts.ts'

/** Whoever sends it again within this time means it. */
const AGAIN_WITHIN_MS = 24 * 60 * 60_000
/** So many words are kept, so that two by turns are not asked back for ever. */
const KEPT_WORDS = 2

/** A short text that is nearly a command is asked back, for nothing; sent again it is a question. */
export const nearMiss = (parts: {
  users: Pick<Users, 'askBack'>
  texts: Pick<Texts, 'didYouMean'>
}): Rule<Known> =>
  async function nearMiss({ said, user, messageKey, receivedAt }, next) {
    const word = said.kind === 'text' ? nearCommand(said.text) : undefined
    if (said.kind !== 'text' || word === undefined) return next()
    const text = said.text.trim().replace(/\s+/g, ' ')
    const { askedBack } = user
    const isRecent = askedBack !== undefined && receivedAt - askedBack.at <= AGAIN_WITHIN_MS
    const asked = isRecent ? askedBack.text.split('\n') : []
    // WeChat's retry of the very same message is not its being sent again.
    const isRetry = askedBack?.messageKey === messageKey
    if (asked.includes(text) && !isRetry) return next()
    const words = [text, ...asked.filter((other) => other !== text)].slice(0, KEPT_WORDS)
    await parts.users.askBack(user.id, { text: words.join('\n'), messageKey, at: receivedAt })
    return { kind: 'say', text: parts.texts.didYouMean(word, tapTo(word)) }
  }
