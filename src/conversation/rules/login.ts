import type { LoginCodes } from '../../identity/login-codes.ts'
import type { LoginTickets } from '../../identity/login-tickets.ts'
import { isCommand, normalizeCommand } from '../command-words.ts'
import { COMMANDS } from '../commands.ts'
import type { Said } from '../incoming.ts'
import { codeForAny, codeForTicket } from '../login-words.ts'
import type { Known } from '../question.ts'
import type { Rule } from '../rulebook.ts'
import type { Texts } from '../texts.ts'

/** What the page shows is the word and 2 to 5 digits. */
const WITH_DIGITS = new RegExp(
  `^(?:${COMMANDS.login.words.join('|')})[\\s:,，、。.-]*(\\d{2,5})[\\s。.!！~]*$`,
)
const MAX_CHARS = 40

/**
 * 登录: a code to type on the page, in any browser; 登录 42, as the page shows it: in that browser alone. The code is nowhere
 * kept as it is: a repeat works it out again.
 */
export const login = (parts: {
  codes: Pick<LoginCodes, 'issue'>
  tickets: Pick<LoginTickets, 'named'>
  page: string
  /** Whether whoever is told of the page can open it. */
  pageIsOpen: boolean
  texts: Pick<Texts, 'pageNotOpen' | 'loginCode' | 'loginDevice' | 'unknownDevice' | 'loginMarkOver'>
}): Rule<Known> =>
  async function login({ said, user, messageKey }, next) {
    const by = { userId: user.id, cause: messageKey }
    const digits = digitsIn(said)
    if (digits !== undefined) {
      const ticket = await parts.tickets.named(digits, user.id)
      if (!ticket) return { kind: 'say', text: parts.texts.loginMarkOver(digits) }
      return { kind: 'say', text: await codeForTicket(parts, ticket, by) }
    }
    if (!isCommand(said, COMMANDS.login)) return next()
    if (!parts.pageIsOpen) return { kind: 'say', text: parts.texts.pageNotOpen }
    return { kind: 'say', text: await codeForAny(parts, by) }
  }

const digitsIn = (said: Said): string | undefined =>
  said.kind === 'text' && said.text.length <= MAX_CHARS
    ? WITH_DIGITS.exec(normalizeCommand(said.text))?.[1]
    : undefined
