import { CODE_MINUTES, type LoginCodes } from '../../identity/login-codes.ts'
import type { LoginTickets } from '../../identity/login-tickets.ts'
import { loginSceneOf } from '../login-scene.ts'
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
  texts: Pick<Texts, 'loginCode' | 'loginExpired' | 'greeting'>
}): Rule<Known> =>
  async function scan({ said, user, messageKey }, next) {
    const scene = loginSceneOf(said)
    if (scene === undefined) return next()
    const text = await words(parts, scene, { userId: user.id, cause: messageKey })
    const greeted = `${text}\n\n${parts.texts.greeting}`
    const hasRoom = said.kind === 'followed' && byteLength(greeted) <= PART_MAX_BYTES
    return { kind: 'say', text: hasRoom ? greeted : text }
  }

const words = async (
  { tickets, codes, page, texts }: Parameters<typeof scan>[0],
  scene: string,
  by: { userId: string; cause: string },
): Promise<string> => {
  const ticket = await tickets.scanned(scene, by.userId)
  if (!ticket) return texts.loginExpired
  const digits = await codes.issue({ ...by, browserHash: ticket.browserHash })
  return texts.loginCode(digits, CODE_MINUTES, page)
}
