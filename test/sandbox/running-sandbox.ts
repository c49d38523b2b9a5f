import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach } from '@jest/globals'
import { createSandboxAccount } from '../../src/sandbox/account.ts'
import { openidOf } from '../../src/sandbox/followers.ts'
import { type SandboxServer, startSandboxServer } from '../../src/sandbox/server.ts'
import { type CallbackServer, startCallbackServer } from './callback-server.ts'

export const account = createSandboxAccount(randomBytes)
export const OPENID = openidOf('小明')

/** What runs now; another one in each test. */
export let server: CallbackServer
export let sandbox: SandboxServer

const openSandbox = (cutMs?: number) =>
  startSandboxServer({
    ...{ account, mode: 'plain', callbackUrl: server.url },
    ...(cutMs === undefined ? {} : { timings: { cutMs } }),
  })
/** One that waits no longer than a test can: long enough for whatever does answer. */
export const reopenImpatient = async () => {
  await sandbox.close()
  sandbox = await openSandbox(500)
}

/** For the tests of this file: a sandbox before a callback server, new ones for each test. */
export const useSandbox = (): void => {
  beforeEach(async () => {
    server = await startCallbackServer(account)
    sandbox = await openSandbox()
  })

  afterEach(async () => {
    await sandbox.close()
    await server.close()
  })
}

export const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(`${sandbox.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const json: unknown = await response.json()
  return { status: response.status, type: response.headers.get('content-type'), json }
}

export const get = async (path: string) => (await fetch(`${sandbox.url}${path}`)).json()
