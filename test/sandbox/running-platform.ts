import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach } from '@jest/globals'
import { type Account, createSandboxAccount, type Mode } from '../../src/sandbox/account.ts'
import { createPlatform, type Platform } from '../../src/sandbox/platform.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'
import { type CallbackServer, startCallbackServer } from './callback-server.ts'

export const OPENID = 'oSandboxUserNumberOne_000001'
export const START = 1_760_000_000_000

export let account: Account
export let clock: ManualClock
export let server: CallbackServer
export let platform: Platform

const build = (mode: Mode) =>
  createPlatform({
    account,
    kind: 'service',
    mode,
    callbackUrl: server.url,
    clock,
    random: randomBytes,
    fetch,
  })

/** Another one, of another mode, for the rest of the test. */
export const rebuildIn = (mode: Mode): void => {
  platform = build(mode)
}

/** For the tests of this file: a simulated WeChat before a callback server, new ones for each test. */
export const usePlatform = (): void => {
  beforeEach(async () => {
    account = createSandboxAccount(randomBytes)
    clock = createManualClock(START)
    server = await startCallbackServer(account)
    rebuildIn('plain')
  })

  afterEach(() => server.close())
}

export const bubbles = () => platform.phone(OPENID).messages.map(({ from, text }) => `${from}: ${text}`)

/** A call of the WeChat API; the token is fetched unless one is given. */
export const call = (path: string, body: unknown, token: string | null = freshToken(), method = 'POST') => {
  const query = new URLSearchParams(token === null ? {} : { access_token: token })
  const answer = platform.api({
    method,
    path,
    query,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  if (answer === 'no-answer') return answer
  return answer.status === 200 ? JSON.parse(answer.body) : { status: answer.status }
}

export const stable = (more: object = {}) => {
  const { appId: appid, appSecret: secret } = account
  return call('/cgi-bin/stable_token', { grant_type: 'client_credential', appid, secret, ...more }, null)
}

export const freshToken = (): string => stable().access_token

export const SEND = '/cgi-bin/message/custom/send'
export const push = (content = '推', token?: string) =>
  call(SEND, { touser: OPENID, msgtype: 'text', text: { content } }, token).errcode
export const typing = (command = 'Typing') =>
  call('/cgi-bin/message/custom/typing', { touser: OPENID, command }).errcode
