import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll } from '@jest/globals'
import { newBrowser } from '../../src/identity/browser.ts'
import { openDatabase } from '../../src/infra/db/database.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { type Service, startService } from './service.ts'
import { createShiftedClock } from './shifted-clock.ts'
import type { Stack } from './stacks.ts'

export const MINUTE_MS = 60_000
export const SAYS_CODE = /登录验证码：(\d{6,8})（5 分钟内有效）。请只在 (\S+) 输入，不要告诉任何人。/

export const ticketIn = (qrUrl: string | null) => new URL(qrUrl ?? '').searchParams.get('ticket') ?? ''
export const visitor = () => newBrowser(randomBytes)

export let service: Service
export const clock = createShiftedClock()
let count = 0
export const somebody = () => {
  count += 1
  return openidOf(`login ${count}`)
}
export const said = (openid: string) =>
  service.weixin.platform
    .phone(openid)
    .messages.flatMap(({ from, text }) => (from === 'account' ? [text] : []))
export const lastSaid = (openid: string) => said(openid).at(-1) ?? ''
export const codeSaid = (openid: string) => SAYS_CODE.exec(lastSaid(openid))?.[1] ?? ''
/** Each from an address of their own, so that nobody's wrong tries are anybody else's. */
export const logIn = (code: string, browser = visitor()) => {
  count += 1
  return service.app.login.byCode({ code, browser, ip: `10.1.${count}.1`, userAgent: 'Firefox' })
}
export const opensTicket = async (browser: string) => {
  const ticket = await service.app.login.tickets.open({ browser, ip: '192.0.2.1', userAgent: 'Firefox' })
  if (!ticket.ok) throw new Error('no ticket')
  return ticket
}
/** As the phone of the sandbox does. */
export const scans = async (from: string, qrUrl: string | null) => {
  const response = await fetch(`${service.weixin.url}/scan`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ from, ticket: ticketIn(qrUrl) }),
  })
  return response.json()
}
export const sceneOf = async (ticket: string, browser: string) =>
  (await service.app.login.tickets.find(ticket, browser))?.scene ?? ''
export const userOf = async (openid: string) => {
  const result = await logIn(codeSaid(openid))
  if (!result.ok) throw new Error(result.reason)
  return result
}
/** The operator's own hands. */
export const inDatabase = async <T>(
  work: (database: ReturnType<typeof openDatabase>) => Promise<T>,
): Promise<T> => {
  const database = openDatabase(service.env.DATABASE_URL ?? '')
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}

/** For the tests of this `describe`: a service of a verified 服务号, living by `clock`. */
export const useLoginService = (stack: Stack): void => {
  beforeAll(async () => {
    const env = { ...(await stack.openEnv()), WECHAT_ACCOUNT: 'service' }
    service = await startService(stack.engine, env, { clock })
  })
  afterAll(() => service.close())
}
