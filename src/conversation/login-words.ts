import { shanghaiTime } from '../base/shanghai-day.ts'
import { deviceOf } from '../identity/device-of.ts'
import type { LoginCodes } from '../identity/login-codes.ts'
import { CODE_MINUTES } from '../identity/login-codes.ts'
import type { LoginTicket } from '../identity/login-tickets.ts'
import type { Texts } from './texts.ts'

type Parts = {
  codes: Pick<LoginCodes, 'issue'>
  page: string
  texts: Pick<Texts, 'loginCode' | 'loginDevice' | 'unknownDevice'>
}

/** A code for the browser of this ticket alone; says which one that is, for whoever was talked into asking. */
export const codeForTicket = async (
  { codes, page, texts }: Parts,
  ticket: LoginTicket,
  by: { userId: string; cause: string },
): Promise<string> => {
  const digits = await codes.issue({ ...by, browserHash: ticket.browserHash })
  const device = deviceOf(ticket.userAgent) ?? texts.unknownDevice
  const asked = texts.loginDevice(device, shanghaiTime(ticket.createdAt))
  return `${texts.loginCode(digits, CODE_MINUTES, page)}\n${asked}`
}

/** A code for any browser. */
export const codeForAny = async (
  { codes, page, texts }: Omit<Parts, 'texts'> & { texts: Pick<Texts, 'loginCode'> },
  by: { userId: string; cause: string },
): Promise<string> => {
  const digits = await codes.issue({ ...by, browserHash: undefined })
  return texts.loginCode(digits, CODE_MINUTES, page)
}
