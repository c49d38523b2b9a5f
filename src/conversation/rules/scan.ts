import type { LoginCodes } from '../../identity/login-codes.ts'
import type { LoginTickets } from '../../identity/login-tickets.ts'
import { loginSceneOf } from '../login-scene.ts'
import { codeForTicket } from '../login-words.ts'
import { PART_MAX_BYTES } from '../message-sizes.ts'
import type { Known } from '../question.ts'
import type { Rule } from '../rulebook.ts'
import { byteLength } from '../split-text.ts'
import type { Texts } from '../texts.ts'

/** The QR code of the page: a code for the browser that shows it alone. Who follows by it is greeted as well. */
export const scan = (parts: {
  tickets: Pick<LoginTickets, 'scanned'>
  codes: Pick<LoginCodes, 'issue'>
  page: string
  texts: Pick<Texts, 'loginCode' | 'loginDevice' | 'unknownDevice' | 'loginExpired' | 'greeting'>
}): Rule<Known> =>
  async function scan({ said, user, messageKey }, next) {
    const scene = loginSceneOf(said)
    if (scene === undefined) return next()
    const ticket = await parts.tickets.scanned(scene, user.id)
    const text = ticket
      ? await codeForTicket(parts, ticket, { userId: user.id, cause: messageKey })
      : parts.texts.loginExpired
    const greeted = `${text}\n\n${parts.texts.greeting}`
    const hasRoom = said.kind === 'followed' && byteLength(greeted) <= PART_MAX_BYTES
    return { kind: 'say', text: hasRoom ? greeted : text }
  }
